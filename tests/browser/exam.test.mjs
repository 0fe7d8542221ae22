// The island of the attestation against a network and a server that misbehave: no answer is lost, none is overwritten by
// an older one.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Centre, browser, go, signIn } from './lib.mjs';

describe('the island of the attestation', () => {
  let centre, chromium, page, attempt, sent;
  const state = () => page.locator('.save');
  const says = (words) => state().filter({ hasText: words }).waitFor();
  const saved = () => says(/^Сохранено в \d\d:\d\d$/);
  const chosen = () => page.locator('.opt input').evaluateAll((all) => all.flatMap((box, place) => (box.checked ? [place] : [])));
  const ask = (n) => page.goto(`${attempt}/questions/${n}`);
  /** Lets `meddle` stand between the page and the server's answers. */
  const between = (meddle) => page.route('**/answers', meddle);

  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
    // The worker stands between a page and what the tests put there; it has tests of its own (offline.test.mjs).
    page = await (await chromium.newContext({ serviceWorkers: 'block' })).newPage();
    page.setDefaultTimeout(30_000);
    await signIn(page, centre, 'gleb@example.ru');
    await go(page.getByRole('link', { name: 'К аттестации' }));
    await go(page.getByRole('button', { name: 'Начать аттестацию' }));
    attempt = page.url().replace(/\/questions.*/, '');
    page.on('request', (request) => request.url().endsWith('/answers') && sent.push(request.postDataJSON()));
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });
  beforeEach(async () => {
    sent = [];
    await page?.unrouteAll();
    // Whatever the draw has put there is asked as a question with one right answer, unless a test says otherwise.
    await page?.route('**/questions/*', async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('type="checkbox" name="option"', 'type="radio" name="option"') });
    });
  });

  test('one request at a time, and the newest choice is the last', async () => {
    await ask(1);
    let [under_way, most] = [0, 0], open;
    const pressed = new Promise((resolve) => (open = resolve));
    await between(async (route) => {
      most = Math.max(most, ++under_way);
      await pressed;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
      under_way--;
    });
    for (const key of ['1', '2', '3']) await page.keyboard.press(key);
    open();
    await saved();
    assert.equal(most, 1);
    assert.deepEqual(sent.map((step) => step.answer), [[0], [2]]);
    await page.reload();
    assert.deepEqual(await chosen(), [2]);
  });

  test('an answer whose acknowledgement is lost is sent again under its own key, before any newer one', async () => {
    await ask(2);
    let times = 0, see;
    const seen = new Promise((resolve) => (see = resolve));
    await between(async (route) => {
      if (times++ > 0) return seen.then(() => route.continue());
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.keyboard.press('1');
    await says('1 ответ не отправлен');
    assert.ok(await page.locator('.offline').isVisible());
    await page.keyboard.press('3');
    see();
    await saved();
    assert.deepEqual(sent.map((step) => step.answer), [[0], [0], [2]]);
    assert.equal(sent[0].key, sent[1].key);
    assert.match(sent[0].key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(sent[1].key, sent[2].key);
    await page.reload();
    assert.deepEqual(await chosen(), [2]);
  });

  test('a server that is busy is asked again, and the way onward waits for it', async () => {
    await ask(3);
    let busy = true;
    await between((route) => (busy ? route.fulfill({ status: 503 }) : route.continue()));
    await page.keyboard.press('2');
    await says('1 ответ не отправлен');
    await page.getByRole('link', { name: 'Вопрос 5, нет ответа' }).click();
    await page.locator('#announce').filter({ hasText: 'Нет связи' }).waitFor({ state: 'attached' });
    busy = false;
    await saved();
    assert.match(page.url(), /questions\/3$/);
    await go(page.getByRole('link', { name: 'Вопрос 5, нет ответа' }));
    await page.waitForURL(/questions\/5$/);
    await ask(3);
    assert.deepEqual(await chosen(), [1]);
  });

  test('leaving with an answer on its way waits for it; a closed page leaves it on the device', async () => {
    await ask(4);
    await between(async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await page.keyboard.press('3');
    await go(page.getByRole('button', { name: 'Далее' }));
    await page.waitForURL(/questions\/5$/);
    await ask(4);
    assert.deepEqual(await chosen(), [2]);

    await page.unroute('**/answers');
    await between((route) => route.abort('internetdisconnected'));
    await page.locator('.opt').first().click();
    await says('1 ответ не отправлен');
    // The cabinet tries too.
    const tried = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/answers') && request.frame().url().endsWith('/cabinet'));
    await page.goto(centre.url + '/cabinet');
    await tried;
    await page.unroute('**/answers');
    // Another question of the attempt takes it along.
    await ask(9);
    await saved();
    await page.getByRole('link', { name: 'Вопрос 4, ответ дан' }).waitFor();
    await ask(4);
    assert.deepEqual(await chosen(), [0]);
  });

  test('who has been signed out elsewhere keeps the answer and is told what to do', async () => {
    await ask(6);
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await page.keyboard.press('2');
    await says('1 ответ не отправлен');
    assert.match(await page.locator('.offline').innerText(), /^Вы вышли из системы/);
    await page.context().addCookies(cookies);
    await saved();
  });

  test('a choice made before the device has said what waited there stands', async () => {
    await ask(10);
    await between((route) => route.abort('internetdisconnected'));
    await page.keyboard.press('1');
    await says('1 ответ не отправлен');
    // The device's memory opens only when it is let.
    await page.evaluate(() => sessionStorage.setItem('slow', 'yes'));
    await page.addInitScript(() => {
      if (!sessionStorage.getItem('slow')) return;
      const open = indexedDB.open.bind(indexedDB);
      indexedDB.open = (...named) => {
        const asked = {};
        globalThis.letOpen = () => Object.assign(open(...named), asked);
        return asked;
      };
    });
    await ask(10);
    await page.keyboard.press('2');
    await page.evaluate(() => (sessionStorage.removeItem('slow'), globalThis.letOpen()));
    await page.unroute('**/answers');
    await saved();
    assert.deepEqual(await chosen(), [1]);
    const other = await (await chromium.newContext({ serviceWorkers: 'block', storageState: await page.context().storageState() })).newPage();
    await other.goto(`${attempt}/questions/10`);
    assert.deepEqual(await other.locator('.opt input').evaluateAll((all) => all.map((box) => box.checked)), (await other.locator('.opt').all()).map((_, place) => place === 1));
    await other.close();
  });

  test('a word of the server that was long on its way makes no later choice an earlier one', async () => {
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const stream = (await fetch(`${attempt}/events`, { headers: { cookie } })).body.getReader();
    const body = Buffer.from((await stream.read()).value).toString();
    void stream.cancel();
    assert.match(body, /"token":"\d+\./);
    let let_go;
    const held = new Promise((resolve) => (let_go = resolve));
    await page.route('**/events', (route) => held.then(() => route.fulfill({ contentType: 'text/event-stream', body })));
    await ask(12);
    await page.waitForTimeout(2000);
    await page.keyboard.press('1');
    await saved();
    const heard = page.waitForResponse('**/events');
    let_go();
    await heard;
    await page.waitForTimeout(100);
    await Promise.all([page.waitForResponse('**/answers'), page.keyboard.press('2')]);
    await saved();
    await ask(12);
    assert.deepEqual(await chosen(), [1]);
  });

  test('the end waits for an answer that waits, and says so', async () => {
    await ask(11);
    await between((route) => route.abort('internetdisconnected'));
    await page.keyboard.press('2');
    await says('1 ответ не отправлен');
    await page.goto(`${attempt}/completion`);
    await page.getByRole('button', { name: 'Завершить' }).click();
    await page.getByRole('button', { name: 'Сначала уйдут ответы' }).waitFor();
    await page.unroute('**/answers');
    await page.getByRole('button', { name: 'Завершить' }).waitFor();
    await ask(11);
    assert.deepEqual(await chosen(), [1]);
  });

  test('flags and several right answers', async () => {
    // Whatever question the draw has put there becomes one with several right answers.
    const n = 8;
    await page.route(`**/questions/${n}`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('type="radio"', 'type="checkbox"') });
    });
    await ask(n);
    await page.keyboard.press('1');
    await page.keyboard.press('3');
    await page.getByRole('button', { name: 'Вернуться позже' }).click();
    await page.getByRole('link', { name: `Вопрос ${n}, ответ дан, отмечен` }).waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('3');
    await page.getByRole('link', { name: `Вопрос ${n}, нет ответа, отмечен` }).waitFor();
    await saved();
    await page.reload();
    assert.deepEqual(await chosen(), []);
    assert.equal(await page.getByRole('button', { pressed: true }).count(), 1);
  });

  test('the timer announces, warns and ends by the server', async () => {
    const other = await (await chromium.newContext({ serviceWorkers: 'block', storageState: await page.context().storageState() })).newPage();
    await other.clock.install();
    // The server's word would set the clock right again.
    await other.route('**/events', (route) => route.abort());
    await other.goto(`${attempt}/questions/7`);
    const timer = other.locator('#timer'), announced = () => other.locator('#announce').textContent();
    const minutes = async () => Number((await timer.locator('time').innerText()).split(':')[0]);
    await other.clock.runFor((await minutes() - 9) * 60_000);
    assert.equal(await announced(), 'Осталось 10 минут');
    assert.doesNotMatch(await timer.getAttribute('class'), /soon/);
    await other.clock.runFor(5 * 60_000);
    assert.equal(await announced(), 'Осталось 5 минут');
    assert.match(await timer.getAttribute('class'), /soon/);
    await other.clock.runFor(4 * 60_000);
    assert.equal(await announced(), 'Осталось 1 минута');
    // The page's clock says zero; the server, whose clock decides, leads back to the questions.
    const onward = other.waitForRequest((request) => request.url() === attempt);
    await other.clock.runFor(65_000);
    await onward;
    await other.waitForURL(/questions\/1$/);
  });
});
