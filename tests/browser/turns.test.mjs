// Questions one after another, each with a time of its own, after a photo that a person checks: on a computer with a camera.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Centre, approved, browser, drafted, enrolled, go, signIn, studied, taken } from './lib.mjs';

const PROGRAMME = {
  hours: '8', summary: 'Сигналы.', relevance: 'Сигналы спасают.', goal: 'Научить слышать сигналы.', tasks: 'Разобрать сигналы', audience: 'Работники.',
  entry: 'Образование не ограничено.', outcomes: 'знать сигналы', conditions: 'Обучение в системе.', literature: 'Нормативная: Правила о сигналах',
};
const RULES = { procedure: 'Тест.', minutes: '20', threshold: '60', seconds_each: '30' };
const MODULE = { title: 'Сигналы', lecture: '6', self_study: '1', goal: 'Знать сигналы.', topics: 'Сигналы — 7', content: 'Сигналы.', questions: '3' };
/** In the page: the camera gives no picture until it is roused. */
function sleepy() {
  const wake = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const [asleep, awake] = [new MediaStream(), await wake(wish)];
    globalThis.rouse = () => awake.getTracks().forEach((track) => asleep.addTrack(track));
    return asleep;
  };
}
const BANK = [1, 2, 3].map((n) => `::с-${n}::Что значит сигнал ${n}?{=верно ~неверно ~мимо}`).join('\n\n');

describe('questions one after another', () => {
  let centre, chromium, methodist, learner, attempt;
  const main = (page) => page.getByRole('main').innerText();
  const next = () => learner.locator('.qnav .primary');
  const right = () => learner.locator('.opt', { hasText: /^верно/ });
  const at = (n) => learner.waitForURL(new RegExp(`/questions/${n}$`));
  async function person(login) {
    const opened = await (await chromium.newContext({ baseURL: centre.url })).newPage();
    opened.setDefaultTimeout(30_000);
    if (login) await signIn(opened, centre, login);
    return opened;
  }

  before(async () => {
    centre = await Centre.open();
    chromium = await browser('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream');
    methodist = await person('methodist');
    const draft = await drafted(methodist, {
      title: 'Сигналы', code: 'signals', programme: PROGRAMME, rules: RULES, ticks: ['По входу и снимку с камеры'], module: MODULE,
      material: ['О сигналах', '## Сигналы\n\nСлушайте сигнал.'],
    });
    const file = path.join(centre.folder, 'сигналы.gift');
    writeFileSync(file, BANK);
    await taken(methodist, file, 'signals', '01');
    await approved(methodist, await person('head'), draft);
    const slip = await enrolled(methodist, 'signals', ['Лосева', 'Вера', 'Женский'], 700);
    learner = await person();
    await studied(learner, centre, slip);
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });

  test('a photo is taken with the camera of the computer before the beginning', async () => {
    await go(learner.getByRole('link', { name: 'К аттестации' }));
    assert.match(await main(learner), /вернуться к прошлому нельзя[^]*На каждый вопрос 30\sсекунд/);
    await learner.evaluate(sleepy);
    await learner.getByRole('button', { name: 'Включить камеру' }).click();
    await learner.locator('video').waitFor();
    assert.equal(await learner.getByRole('button', { name: 'Сделать снимок' }).count(), 0, 'there is nothing to take yet');
    await learner.evaluate(() => globalThis.rouse());
    await go(learner.getByRole('button', { name: 'Сделать снимок' }));
    await learner.getByText('Лицо видно хорошо?').waitFor();
    assert.ok(await learner.locator('figure.photo img').evaluate((img) => img.decode().then(() => img.naturalWidth > 100)));
    await go(learner.getByRole('button', { name: 'Начать аттестацию' }));
    await at(1);
    attempt = learner.url().replace(/\/questions.*/, '');
  });

  test('a question that cannot be gone on from without a connection waits with its answer', async () => {
    await learner.context().setOffline(true);
    await right().click();
    await next().click();
    await learner.locator('.offline').waitFor();
    assert.match(learner.url(), /questions\/1$/);
    await learner.context().setOffline(false);
    await learner.locator('.save[data-state=ok]', { hasText: 'Сохранено' }).waitFor();
    await next().click();
    await at(2);
  });

  test('neither the browser nor an address leads back, or ahead', async () => {
    for (const n of [1, 3]) {
      await learner.goto(`${attempt}/questions/${n}`);
      await at(2);
    }
    await learner.goBack();
    await learner.waitForTimeout(300);
    if (!/questions\/2$/.test(learner.url())) await learner.goto(`${attempt}/questions/2`);
    assert.equal(await learner.locator('.map a[href*="/questions/"]').count(), 0);
  });

  test('the time of a question runs out, and the next one has its own', async () => {
    await learner.getByText('Время на этот вопрос вышло').waitFor({ timeout: 60_000 });
    assert.equal(await learner.locator('.opt').count(), 0);
    await next().click();
    await at(3);
    assert.match(await learner.locator('#seat-time').innerText(), /на него 00:(2\d|30)/);
    await right().click();
    await next().click();
    await learner.waitForURL(/completion$/);
    await go(learner.getByRole('button', { name: 'Завершить' }));
    assert.match(await main(learner), /Сдано, 2 из 3/);
  });

  test('the papers wait until a person has looked at the photo', async () => {
    await learner.goto('/cabinet');
    assert.match(await main(learner), /Методист сверяет ваш снимок/);
    await methodist.goto('/results');
    await go(methodist.getByRole('link', { name: 'Сверить снимки: 1' }));
    assert.ok(await methodist.locator('.identity img').evaluate((img) => img.decode().then(() => img.naturalWidth > 100)));
    await methodist.getByLabel('Это слушатель').check();
    await go(methodist.getByRole('button', { name: 'Решить' }));
    assert.match(await main(methodist), /Снимков на сверку нет/);
    await learner.reload();
    assert.doesNotMatch(await main(learner), /Методист сверяет/);
  });
});
