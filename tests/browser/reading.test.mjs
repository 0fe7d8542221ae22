// The island of a material: a learner goes on, on another device, where he or she stopped.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Centre, browser, go, signIn } from './lib.mjs';

describe('reading a material', () => {
  let centre, chromium, material;
  const device = async (size) => {
    const page = await (await chromium.newContext({ viewport: size })).newPage();
    page.setDefaultTimeout(30_000);
    await signIn(page, centre, 'vera@example.ru');
    return page;
  };
  /** The first heading in sight, or the paragraph nearest to the top. */
  const inSight = (page) =>
    page.locator('.prose > *').evaluateAll((all) => all.find((one) => one.getBoundingClientRect().bottom > 80)?.textContent?.slice(0, 60));

  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });

  test('the place goes along to another device, and back to the beginning by a button', async () => {
    const desk = await device({ width: 1440, height: 900 });
    await desk.goto(centre.url + (await desk.getByRole('link', { name: /^Продолжить/ }).first().getAttribute('href')));
    // The first text that she has not studied yet: others are PDFs.
    for (const address of await desk.locator('.contents a:not(:has-text("изучено"))').evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
      await desk.goto(centre.url + (material = address));
      if (await desk.locator('.prose').count()) break;
    }
    assert.equal(await desk.locator('#place').isVisible(), false, 'a material opens at its beginning');
    const kept = desk.waitForResponse((answer) => answer.url().endsWith('/place') && answer.status() === 204);
    await desk.evaluate(() => {
      const article = document.querySelector('article');
      scrollTo(0, article.getBoundingClientRect().top + scrollY + 0.6 * (article.offsetHeight - innerHeight));
    });
    await kept;
    const read = await inSight(desk);

    const phone = await device({ width: 390, height: 844 });
    await phone.goto(centre.url + material);
    await phone.locator('#place').waitFor({ state: 'visible' });
    const way = await phone.evaluate(() => {
      const article = document.querySelector('article');
      return (scrollY - article.getBoundingClientRect().top - scrollY) / (article.offsetHeight - innerHeight);
    });
    assert.ok(way > 0.5 && way < 0.7, `the phone stands at ${way}, the desk stood at 0.6 («${read}», «${await inSight(phone)}»)`);
    await phone.getByRole('button', { name: 'К началу' }).click();
    assert.ok((await phone.evaluate(() => document.querySelector('article').getBoundingClientRect().top)) >= -1);
    assert.equal(await phone.locator('#place').isVisible(), false);
  });

  test('a place that does not arrive is no trouble, and a studied material opens at its beginning', async () => {
    const page = await device({ width: 390, height: 844 });
    const failures = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await page.route('**/place', (route) => route.abort());
    await page.goto(centre.url + material);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.waitForTimeout(4500);
    assert.deepEqual(failures, []);
    await page.unrouteAll();
    await go(page.getByRole('button', { name: 'Далее' }));
    await page.goto(centre.url + material);
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => scrollY), 0);
  });

  test('a sound goes on from the second at which it stopped', async () => {
    // The head puts a sound into the programme that Вера studies: a minute of silence.
    const head = await (await chromium.newContext()).newPage();
    await signIn(head, centre, 'head');
    await head.goto(`${centre.url}/office/programmes`);
    await head.goto(centre.url + (await head.locator('tr', { hasText: 'Общие вопросы охраны труда' }).locator('th a').first().getAttribute('href')) + '/materials');
    await head.getByLabel('Модуль').selectOption({ index: 1 });
    await head.getByLabel('Название').fill('Беседа о безопасности');
    await head.locator('input[type=file]').setInputFiles({ name: 'talk.wav', mimeType: 'audio/wav', buffer: silence(60) });
    await go(head.getByRole('button', { name: 'Добавить' }));

    const listen = async () => {
      const page = await device({ width: 390, height: 844 });
      await page.goto(centre.url + material);
      await page.goto(centre.url + (await page.locator('.contents a', { hasText: 'Беседа о безопасности' }).getAttribute('href')));
      return page;
    };
    const page = await listen();
    await page.waitForFunction(() => document.querySelector('audio').readyState >= 1);
    const kept = page.waitForResponse((answer) => answer.url().endsWith('/place') && answer.status() === 204);
    await page.evaluate(() => (document.querySelector('audio').currentTime = 42));
    await kept;
    const again = await listen();
    await again.locator('#place').waitFor({ state: 'visible' });
    assert.equal(await again.evaluate(() => Math.floor(document.querySelector('audio').currentTime)), 42);
  });
});

/** So many seconds of silence as WAV: eight bits, eight thousand times a second. */
function silence(seconds) {
  const rate = 8000, data = Buffer.alloc(seconds * rate, 128), head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
