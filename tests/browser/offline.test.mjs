// An attestation without a connection: what was answered survives a reload, a closed tab and a killed server, and reaches the server.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Centre, browser, go, signIn } from './lib.mjs';

/** Waits until the worker is there and keeps such pages. */
async function kept(page, enough) {
  for (let tries = 0; tries < 150; tries++) {
    const pages = await page.evaluate(async () => {
      const ours = (await caches.keys()).find((name) => name.startsWith('kafedra-attempt-'));
      return (await navigator.serviceWorker.getRegistration('/attempts/'))?.active && ours ? (await (await caches.open(ours)).keys()).map((one) => one.url) : [];
    });
    if (enough(pages)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('the worker keeps no such pages');
}

/** What waits on the device, with the moments at which it was chosen by the server's word and the device's clock. */
const dated = (page) =>
  page.evaluate(async () => {
    const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await asked(indexedDB.open('kafedra'));
    const steps = await asked(database.transaction('steps').objectStore('steps').getAll());
    return steps.map(({ seat, token, since, made }) => ({ seat, at: Number(token.split('.')[0]) + made.wall - since.wall }));
  });

describe('an attestation without a connection', () => {
  let centre, chromium, context, page, attempt;
  const says = (words) => page.locator('.save').filter({ hasText: words }).waitFor();
  const saved = () => says(/^Сохранено в \d\d:\d\d$/);
  const ask = (n) => page.goto(`${attempt}/questions/${n}`);
  const first = () => page.locator('.opt').first().click();
  /** The page shows again what was chosen on it. */
  const restored = () => page.locator('.opt input:checked').waitFor({ state: 'attached' });
  const worked = () => kept(page, (pages) => pages.includes(page.url()));

  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
    context = await chromium.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await signIn(page, centre, 'gleb@example.ru');
    await go(page.getByRole('link', { name: 'К аттестации' }));
    await go(page.getByRole('button', { name: 'Начать аттестацию' }));
    attempt = page.url().replace(/\/questions.*/, '');
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });

  beforeEach(() => context?.setOffline(false));

  test('the page and its answer outlive a reload', async () => {
    await ask(1);
    await worked();
    await context.setOffline(true);
    await first();
    await says('1 ответ не отправлен');
    assert.match(await page.locator('.offline').innerText(), /лежит на этом устройстве/);
    await page.reload();
    await restored();
    await page.locator('#mh').filter({ hasText: '1 из 12' }).waitFor();
    // A page that was not opened before says so and comes by itself.
    await page.goto(`${attempt}/questions/7`).catch(() => {});
    await page.getByRole('heading', { name: 'Нет связи' }).waitFor();
    await context.setOffline(false);
    await page.locator('.qtext').waitFor();
    // Sent by this page, or by the worker before it.
    await page.getByRole('link', { name: 'Вопрос 1, ответ дан' }).waitFor();
  });

  test('a page that was kept before its answer shows it', async () => {
    await ask(6);
    await worked();
    const before = await page.evaluate(async () => (await caches.match(location.href)).text());
    await page.keyboard.press('2');
    await saved();
    await centre.kill();
    // The worker may have kept the page once more since.
    await page.evaluate(async (before) => {
      const ours = (await caches.keys()).find((name) => name.startsWith('kafedra-attempt-'));
      await (await caches.open(ours)).put(location.href, new Response(before, { headers: { 'content-type': 'text/html; charset=utf-8' } }));
    }, before);
    await page.reload();
    await restored();
    assert.ok(await page.locator('.opt input').nth(1).isChecked());
    await page.getByRole('link', { name: 'Вопрос 6, ответ дан' }).waitFor();
    await centre.start();
  });

  test('a closed tab loses nothing', async () => {
    await ask(2);
    await worked();
    await context.setOffline(true);
    await page.keyboard.press('2');
    await says('1 ответ не отправлен');
    await page.close();
    await context.setOffline(false);
    page = await context.newPage();
    await ask(3);
    await page.getByRole('link', { name: 'Вопрос 2, ответ дан' }).waitFor();
    // The server itself has it: another device shows it.
    const other = await (await chromium.newContext({ storageState: await context.storageState() })).newPage();
    await other.goto(`${attempt}/questions/2`);
    await other.locator('.opt input:checked').waitFor({ state: 'attached' });
  });

  test('a server that was killed gets what was answered meanwhile', async () => {
    await ask(4);
    await worked();
    await centre.kill();
    await first();
    await says('1 ответ не отправлен');
    await page.reload();
    await restored();
    await centre.start();
    await saved();
    await page.reload();
    await restored();
  });

  test('the result waits until the device has given everything', async () => {
    await ask(5);
    await worked();
    await context.setOffline(true);
    await first();
    await says('1 ответ не отправлен');
    await context.setOffline(false);
    await saved();
    await page.goto(`${attempt}/completion`);
    await go(page.getByRole('button', { name: 'Завершить' }));
    await page.getByRole('heading', { name: /сдано/i }).waitFor();
    assert.equal(await page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('kafedra-attempt-')).length), 0, 'no question stays on the device');
  });
});

describe('a package that may be kept on the device', () => {
  let centre, chromium;
  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
    centre.allowDevices();
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });

  test('is answered whole without a connection', async () => {
    const context = await chromium.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await signIn(page, centre, 'gleb@example.ru');
    await go(page.getByRole('link', { name: 'К аттестации' }));
    await go(page.getByRole('button', { name: 'Начать аттестацию' }));
    const attempt = page.url().replace(/\/questions.*/, '');
    await kept(page, (pages) => pages.length === 12);
    // The pages grow old: the server's words on them are not of the moment when they are opened.
    await page.waitForTimeout(4000);
    await context.setOffline(true);
    const made = [];
    for (let n = 1; n <= 12; n++) {
      const from = Date.now();
      await page.locator('.opt').first().click();
      await page.locator('.save').filter({ hasText: /не отправлен/ }).waitFor();
      made.push([from, Date.now()]);
      if (n === 12) break;
      await page.getByRole('button', { name: 'Далее' }).click();
      await page.waitForURL(new RegExp(`questions/${n + 1}$`));
    }
    await page.locator('#mh').filter({ hasText: '12 из 12' }).waitFor();
    for (const { seat, at } of await dated(page)) {
      const [from, to] = made[seat];
      assert.ok(at > from - 1000 && at < to + 1000, `question ${seat + 1} is dated ${at - from} ms after it was asked`);
    }
    await context.setOffline(false);
    await page.locator('.save').filter({ hasText: /^Сохранено в/ }).waitFor();
    await page.goto(`${attempt}/completion`);
    await page.getByText('Ответы есть на все вопросы').waitFor();
  });
});
