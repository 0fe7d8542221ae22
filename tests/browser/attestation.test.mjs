// A whole attestation day: a teacher brings a bank with pictures, a package is formed and approved, three people sit it (one goes on without a
// connection, one sits on a telephone, one is given more time) while the duty sees them live; the archive holds after copying, and one other
// byte in it is named.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Centre, approved, browser, drafted, enrolled, fill, go, signIn, studied, taken } from './lib.mjs';

const QUESTIONS = 8;
const PROGRAMME = {
  hours: '8', summary: 'Знаки и схемы.', relevance: 'Знаки спасают.', goal: 'Научить читать знаки.', tasks: 'Разобрать знаки', audience: 'Работники.',
  entry: 'Образование не ограничено.', outcomes: 'знать знаки', conditions: 'Обучение в системе.', literature: 'Нормативная: Правила о знаках',
};
const RULES = { procedure: 'Тест.', minutes: '20', threshold_items: '6' };
const MODULE = {
  title: 'Знаки', lecture: '6', self_study: '1', goal: 'Знать знаки.', topics: 'Знаки — 7', content: 'Знаки и схемы.', questions: String(QUESTIONS), hard: '1',
};
const PEOPLE = [['Кузнецова', 'Анна', 'Женский'], ['Волков', 'Илья', 'Мужской'], ['Зимина', 'Ольга', 'Женский']];

/** One page for each question, with a picture; the right option says so. */
async function bank(chromium) {
  const page = await chromium.newPage({ viewport: { width: 320, height: 200 } });
  const questions = [];
  for (let n = 1; n <= QUESTIONS; n++) {
    await page.setContent(`<body style="margin:0;height:100vh;display:grid;place-items:center;background:#ffe9a8;font:700 28px sans-serif">Знак ${n}</body>`);
    const picture = (await page.screenshot()).toString('base64');
    const options = ['верно', 'неверно', 'мимо'].map((word, place) => `<answer fraction="${place === 0 ? 100 : 0}"><text>Знак ${n}: ${word}</text></answer>`);
    questions.push(`<question type="multichoice"><name><text>знак-${n}</text></name>
      <questiontext format="html"><text><![CDATA[<p>Что значит знак ${n}?</p><p><img src="@@PLUGINFILE@@/z.png" alt="Знак ${n}"></p>]]></text><file name="z.png" path="/" encoding="base64">${picture}</file></questiontext>
      <single>true</single>${options.join('')}</question>`);
  }
  await page.close();
  return `<?xml version="1.0" encoding="UTF-8"?>\n<quiz>${questions.join('\n')}</quiz>`;
}

describe('an attestation day', () => {
  let centre, chromium, methodist, board, slips;
  const learners = [];
  const main = (page) => page.getByRole('main').innerText();

  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
    methodist = await person('methodist');
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });

  async function page(options = {}) {
    const opened = await (await chromium.newContext({ baseURL: centre.url, ...options })).newPage();
    opened.setDefaultTimeout(30_000);
    return opened;
  }
  async function person(login) {
    const opened = await page();
    await signIn(opened, centre, login);
    return opened;
  }

  test('a package is formed over a bank with pictures, and approved', async () => {
    const draft = await drafted(methodist, {
      title: 'Знаки безопасности', code: 'signs', programme: PROGRAMME, rules: RULES, ticks: [/^Весь билет остаётся/, /^Ошибка в критическом/], module: MODULE,
      material: ['О знаках', '## Знаки\n\nСмотрите на знак.'],
    });
    // The bank is empty, and the programme's page says so by itself.
    await methodist.locator('section.panel', { hasText: 'вопросов не хватает, тем 1' }).waitFor();

    const teacher = await person('teacher');
    const file = path.join(centre.folder, 'знаки.xml');
    writeFileSync(file, await bank(chromium));
    const [read, took] = await taken(teacher, file, 'signs', '01');
    assert.match(read, /Прочитано: 8\sвопросов[^]*С рисунками\s+8/);
    assert.match(took, /Взято: 8\sвопросов/);
    // One of them is hard, and a mistake in it fails.
    await teacher.goto('/questions/signs?q=знак+3');
    assert.match(await main(teacher), /вопросов не хватает, тем 1/);
    await go(teacher.getByRole('link', { name: 'Изменить' }).first());
    await teacher.getByLabel('Сложность').selectOption('hard');
    await teacher.locator('input[name=critical]').check();
    await go(teacher.getByRole('button', { name: 'Сохранить' }));
    await teacher.goto('/questions/signs');
    assert.doesNotMatch(await main(teacher), /вопросов не хватает/);
    assert.ok(await teacher.locator('img.q-pic, .qtext-list img').first().evaluate((img) => img.naturalWidth > 0));
    await go(teacher.getByRole('link', { name: 'Пробный прогон' }));
    assert.equal(await teacher.locator('ol.lines > li').count(), QUESTIONS);
    // What was typed comes along when the kind is another one.
    await teacher.goto('/questions/signs/new');
    await fill(teacher, { text: 'Сколько знаков на щите?', explanation: 'П. 7' });
    await go(teacher.getByRole('link', { name: 'Число', exact: true }));
    await teacher.waitForFunction(() => document.querySelector('#text').value !== '');
    assert.deepEqual([await teacher.locator('#text').inputValue(), await teacher.locator('#explanation').inputValue()], ['Сколько знаков на щите?', 'П. 7']);
    await teacher.context().close();

    // Beside the numbers of the module stands what the bank has for it.
    await go(methodist.getByRole('link', { name: /^Модуль 1/ }));
    await methodist.getByText('В банке по этому модулю 8 вопросов').waitFor();
    const head = await person('head');
    await approved(methodist, head, draft);
    await head.context().close();
  });

  test('three people are enrolled and study', async () => {
    slips = [];
    for (const [n, person] of PEOPLE.entries()) slips.push(await enrolled(methodist, 'signs', person, 500 + n));
    const devices = [{}, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, {}];
    for (const [n, { login, once }] of slips.entries()) {
      const learner = await page(devices[n]);
      await studied(learner, centre, { login, once });
      await go(learner.getByRole('link', { name: 'К аттестации' }));
      assert.match(await main(learner), /6 из 8[^]*Среди вопросов есть критические/);
      learners.push(learner);
    }
  });

  const row = (n) => board.getByRole('row').filter({ hasText: PEOPLE[n][0] });
  /** Waits until the board says so; gives how long it took, in milliseconds. */
  async function told(n, words) {
    const began = Date.now();
    await row(n).filter({ hasText: words }).waitFor();
    return Date.now() - began;
  }
  async function answer(learner, place, tap = false) {
    await learner.waitForURL(new RegExp(`/questions/${place}$`));
    assert.ok(await learner.locator('.qtext img').evaluate(async (img) => (await img.decode(), img.naturalWidth === 320)), 'its picture is shown');
    const option = learner.locator('.opt').filter({ hasText: /: верно/ });
    await (tap ? option.tap() : option.click());
  }
  const saved = (learner) => learner.locator('.save').filter({ hasText: /^Сохранено в/ }).waitFor();
  async function onward(learner, place) {
    await go(learner.getByRole('button', { name: place < QUESTIONS ? 'Далее' : 'К завершению' }));
  }

  test('they sit it, and the duty sees them live', async () => {
    board = await page();
    await signIn(board, centre, 'methodist');
    await board.goto('/duty');
    const [anna, ilya, olga] = learners;
    for (const learner of learners) await go(learner.getByRole('button', { name: 'Начать аттестацию' }));
    for (const n of [0, 1, 2]) await told(n, 'на связи');
    console.log('on the board after', await (async () => (await answer(ilya, 1, true), told(1, '1 из 8')))(), 'ms');

    // Olga is given a quarter of an hour more.
    const minutes = async () => Number((await olga.locator('#timer time').innerText()).split(':')[0]);
    const before = await minutes();
    const acts = await page({ storageState: await board.context().storageState() });
    await acts.goto(await row(2).getByRole('link').getAttribute('href'));
    await acts.getByLabel('Добавить время').check();
    await acts.locator('#minutes').fill('15');
    await acts.locator('#text').fill('Справка врача');
    await go(acts.getByRole('button', { name: 'Сделать' }));
    await olga.waitForFunction((least) => Number(document.querySelector('#timer time').textContent.split(':')[0]) >= least, before + 14, { timeout: 15_000 });

    // Anna answers two, goes on without a connection for four, and comes back.
    const kept = () => anna.evaluate(async () => {
      const ours = (await caches.keys()).find((name) => name.startsWith('kafedra-attempt-'));
      return ours ? (await (await caches.open(ours)).keys()).length : 0;
    });
    for (let tries = 0; tries < 300 && (await kept()) < QUESTIONS * 2; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await kept(), QUESTIONS * 2, 'the whole ticket with its pictures is on the device');
    for (const place of [1, 2]) {
      await answer(anna, place);
      await saved(anna);
      await onward(anna, place);
    }
    await told(0, '2 из 8');
    await anna.context().setOffline(true);
    for (const place of [3, 4, 5, 6]) {
      await answer(anna, place);
      await anna.locator('.save').filter({ hasText: /не отправлен/ }).waitFor();
      await onward(anna, place);
    }
    // Chromium lets the worker through now and then: what it has sent is no harm.
    await told(0, 'нет связи');
    await anna.context().setOffline(false);
    console.log('what waited is on the board after', await told(0, '6 из 8'), 'ms');
    for (const place of [7, 8]) {
      await answer(anna, place);
      await saved(anna);
      await onward(anna, place);
    }
    // Ilya goes through on the telephone; Olga makes a mistake in the critical question.
    for (let place = 1; place <= QUESTIONS; place++) {
      await answer(ilya, place, true);
      await saved(ilya);
      await onward(ilya, place);
    }
    for (let place = 1; place <= QUESTIONS; place++) {
      await answer(olga, place);
      if (/знак 3/.test(await olga.locator('.qtext').innerText())) await olga.locator('.opt').filter({ hasText: 'мимо' }).click();
      await saved(olga);
      await onward(olga, place);
    }
    for (const learner of learners) await go(learner.getByRole('button', { name: 'Завершить' }));
    const heads = await Promise.all(learners.map((learner) => learner.getByRole('heading', { level: 1 }).innerText()));
    assert.deepEqual(heads, ['Сдано, 8 из 8', 'Сдано, 8 из 8', 'Не сдано, 7 из 8']);
    assert.match(await main(olga), /ошибка в критическом вопросе/);
    await board.getByText('Знаки безопасности').first().waitFor({ state: 'detached' });
  });

  test('the archive holds after copying, and names a byte that is another', async () => {
    const [made, copy] = ['made', 'copy'].map((name) => path.join(centre.folder, 'archives', name));
    await centre.run('archive', made);
    cpSync(made, copy, { recursive: true });
    assert.match(await centre.run('verify', copy), /Архив цел|сход|не изменён/i);
    const attempts = path.join(copy, 'attempts');
    const ours = readdirSync(attempts).filter((name) => readFileSync(path.join(attempts, name), 'utf8').includes('Знаки безопасности'));
    assert.equal(ours.length, 3);
    const file = path.join(attempts, ours[1]);
    const bytes = readFileSync(file);
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    writeFileSync(file, bytes);
    await assert.rejects(centre.run('verify', copy), (error) => {
      assert.match(error.stderr + error.stdout, new RegExp(ours[1]));
      return true;
    });
    await centre.run('verify', made);
  });
});
