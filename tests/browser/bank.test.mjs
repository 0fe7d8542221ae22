// An attestation over an imported bank, on both engines: the ticket is drawn from what the file brought, its pictures are
// shown whole, and the score is what the file's own keys say.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Centre, answerKeys, asked, browser, choose, go, named, signIn } from './lib.mjs';

const TOPICS = ['01', '02', '03', '04'];
const QUESTIONS = 12;
/** Real banks lie beside the checkout, not in it. */
const shared = process.env.SHARED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const real = path.join(shared, 'banks/pdd_A_B.moodle.xml');

describe('an attestation over an imported bank', () => {
  let chromium, own;

  before(async () => {
    chromium = await browser();
    own = await ownBank(chromium);
  });
  after(() => chromium?.close());

  /** A centre of the test's own, and the keys of the questions it came with. */
  async function opened(t, engine) {
    const centre = await Centre.open(engine);
    t.after(() => centre.close());
    const teacher = await signedIn(centre, 'teacher');
    const keys = await answerKeys(teacher);
    await teacher.context().close();
    return { centre, keys };
  }

  async function signedIn(centre, login, options = {}) {
    const context = await chromium.newContext({ baseURL: centre.url, ...options });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await signIn(page, centre, login);
    return page;
  }

  /** The keys of the file beside those of the centre's own questions. */
  async function withKeysOf(files, keys) {
    const page = await chromium.newPage();
    const imported = new Map();
    for (const file of files) {
      for (const { question, options, right } of await keysOf(page, file)) imported.set(named(question, options), right);
    }
    await page.close();
    return { imported, all: new Map([...keys, ...imported]) };
  }

  for (const engine of ['SQLite', 'PostgreSQL']) {
    test(`of pictures, with one and with several right answers, on ${engine}`, async (t) => {
      const { centre, keys } = await opened(t, engine);
      await centre.kill();
      for (const [topic, xml] of own) {
        const file = path.join(centre.folder, `own-${topic}.xml`);
        writeFileSync(file, xml);
        const said = await centre.run('questions', 'import', file, '--bank', 'labour-16', '--topic', topic);
        assert.match(said, /Взято: 60\sвопросов\. С рисунками в файле: 60\./);
      }
      await centre.start();

      const { imported, all } = await withKeysOf(own.values(), keys);
      const page = await signedIn(centre, 'gleb@example.ru', { viewport: { width: 1440, height: 900 } });
      const seats = await sit(page, { imported, all, spoil: { radio: 1, checkbox: 1 } });
      for (const kind of ['radio', 'checkbox']) {
        assert.ok(seats.some((seat) => seat.imported && seat.kind === kind && seat.pictures.length > 0), kind);
      }
      await finished(page, seats, 'Сдано, 10 из 12');

      // A picture of a question is for those who are signed in.
      const { pictures: [picture] } = seats.find((seat) => seat.pictures.length > 0);
      assert.equal((await page.request.get(picture)).status(), 200);
      const stranger = await fetch(new URL(picture, centre.url), { redirect: 'manual' });
      assert.notEqual(stranger.status, 200);
      assert.doesNotMatch(stranger.headers.get('content-type') ?? '', /^image/);
    });

    test(`of traffic rules, imported beside the running server, on a phone, on ${engine}`, { skip: !existsSync(real) && `there is no ${real}` }, async (t) => {
      const { centre, keys } = await opened(t, engine);
      // The file knows no modules of ours: every two hundred of its questions go under a category of the next one.
      let n = 0;
      const xml = readFileSync(real, 'utf8').replaceAll('<question type="multichoice">', (question) =>
        n++ % 200 === 0 ? `<question type="category"><category><text>${TOPICS[(n - 1) / 200]} ПДД</text></category></question>\n${question}` : question,
      );
      const file = path.join(centre.folder, 'pdd.xml');
      writeFileSync(file, xml);
      const take = () => centre.run('questions', 'import', file, '--bank', 'labour-16');
      assert.match(await take(), /Взято: 794\sвопроса\. С рисунками в файле: 548\..*Уже были в банке: 6\./s);
      assert.match(await take(), /Взято: 0\sвопросов.*Уже были в банке: 800\./s);

      // Six of the eight hundred stand in the file twice, but for the explanation.
      const { imported, all } = await withKeysOf([xml], keys);
      assert.equal(imported.size, 794);
      const teacher = await signedIn(centre, 'teacher');
      await teacher.goto('/questions');
      const bank = teacher.locator('main li').filter({ has: teacher.locator('a[href="/questions/labour-16"]') });
      assert.match(await bank.innerText(), new RegExp(`${all.size}\\sвопрос\\p{L}*, 4\\sтемы`, 'u'));
      await teacher.context().close();

      const page = await signedIn(centre, 'gleb@example.ru', { viewport: { width: 390, height: 844 } });
      const seats = await sit(page, { imported, all, spoil: { radio: 3, checkbox: 0 } });
      assert.ok(seats.some((seat) => seat.imported && seat.pictures.length > 0));
      await finished(page, seats, 'Не сдано, 9 из 12');
    });
  }
});

test('the right place on a picture is drawn on it', async (t) => {
  const centre = await Centre.open();
  t.after(() => centre.close());
  const chromium = await browser();
  t.after(() => chromium.close());
  const page = await (await chromium.newContext({ baseURL: centre.url })).newPage();
  page.setDefaultTimeout(30_000);
  await signIn(page, centre, 'teacher');
  const over = page.locator('.drawing .over'), lines = page.getByLabel('Верная область');
  const draw = async (...corners) => {
    await over.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await over.boundingBox();
    const [from, to] = corners.map(([left, top]) => [x + left * width, y + top * height]);
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to);
    await page.mouse.up();
  };

  await page.goto('/questions/labour-16/new?kind=point');
  await page.getByLabel('Модуль', { exact: true }).selectOption({ index: 1 });
  await page.getByLabel('Вопрос', { exact: true }).fill('Где выход?');
  await page.getByLabel('Добавить рисунок').setInputFiles({ name: 'план.png', mimeType: 'image/png', buffer: await plan(page) });
  await page.getByLabel('Что на рисунке').fill('План этажа');
  await draw([0.1, 0.1], [0.3, 0.5]);
  await page.getByLabel('Рисовать овал').check();
  await draw([0.4, 0.4], [0.6, 0.8]);
  // A touch draws nothing.
  await draw([0.7, 0.7], [0.7, 0.7]);
  const near = (words, numbers) => {
    const [name, ...found] = words.split(' ');
    assert.ok(name === numbers[0] && found.every((n, at) => Math.abs(n - numbers[at + 1]) <= 5), words);
  };
  const [rectangle, oval, ...more] = (await lines.inputValue()).split('\n');
  near(rectangle, ['прямоугольник', 100, 100, 300, 500]);
  near(oval, ['овал', 500, 600, 100, 200]);
  assert.equal(more.length, 0);
  await page.getByRole('button', { name: 'Убрать последнюю область' }).click();
  assert.equal(await lines.inputValue(), rectangle);
  await go(page.getByRole('button', { name: 'Сохранить' }));
  assert.match(page.url(), /labour-16$/, await page.getByRole('main').innerText());

  await page.goto('/questions/labour-16?q=Где выход?');
  await go(page.getByRole('link', { name: 'Изменить' }));
  await over.waitFor();
  assert.equal(await over.locator('rect').count(), 1, 'what was drawn stands on the picture');
  await page.getByLabel('Убрать картинку').check();
  await over.waitFor({ state: 'hidden' });
});

/** A picture of a plan: a grey sheet. */
const plan = async (page) =>
  Buffer.from(
    await page.evaluate(() => {
      const sheet = document.createElement('canvas');
      [sheet.width, sheet.height] = [400, 250];
      const ink = sheet.getContext('2d');
      ink.fillStyle = 'silver';
      ink.fillRect(0, 0, 400, 250);
      return sheet.toDataURL().split(',')[1];
    }),
    'base64',
  );

/** Answers every question by the keys, but some of the imported ones wrong: `spoil` says how many of each kind. */
async function sit(page, { imported, all, spoil }) {
  await go(page.getByRole('link', { name: 'К аттестации' }));
  await go(page.getByRole('button', { name: 'Начать аттестацию' }));
  await page.waitForURL(/\/questions\/1$/);
  const attempt = page.url().replace(/\/questions.*/, '');
  const seats = [], left = { ...spoil };
  for (let n = 1; n <= QUESTIONS; n++) {
    const { name, right } = await asked(page, all);
    const seat = { imported: imported.has(name), kind: await page.locator('.opt input').first().getAttribute('type'), right: true };
    seat.pictures = await shownWhole(page);
    assert.equal(seat.kind, right.length > 1 ? 'checkbox' : 'radio', name);
    let places = right;
    if (seat.imported && left[seat.kind]-- > 0) {
      seat.right = false;
      // Of several only the first is left out: a part of the key is no answer.
      places = seat.kind === 'radio' ? [(right[0] + 1) % (await page.locator('.opt').count())] : right.slice(1);
    }
    await choose(page, places);
    await page.keyboard.press('Enter');
    await page.waitForURL(n < QUESTIONS ? `${attempt}/questions/${n + 1}` : `${attempt}/completion`);
    seats.push(seat);
  }
  assert.ok(seats.filter((seat) => seat.imported).length > QUESTIONS / 2, 'the ticket is mostly of imported questions');
  return seats;
}

/** Ends the attempt; the page of the result says what each answer came to, pictures again. */
async function finished(page, seats, heading) {
  await go(page.getByRole('button', { name: 'Завершить' }));
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), heading);
  const answers = page.locator('ol.lines > li');
  assert.deepEqual(await answers.locator('.tag').allInnerTexts(), seats.map((seat) => (seat.right ? 'Верно' : 'Неверно')));
  const topics = await page.locator('tbody td[data-l="Верно"]').allInnerTexts();
  assert.equal(topics.reduce((sum, topic) => sum + Number.parseInt(topic), 0), seats.filter((seat) => seat.right).length);
  await shownWhole(page);
}

/** Every picture on the page has come and fits; gives their addresses. */
async function shownWhole(page) {
  const pictures = await page.locator('main img').evaluateAll((all) =>
    Promise.all(all.map(async (picture) => {
      await picture.decode().catch(() => {});
      return { address: picture.getAttribute('src'), natural: picture.naturalWidth, shown: picture.getBoundingClientRect() };
    })),
  );
  for (const { address, natural, shown } of pictures) {
    assert.match(address, /^\/pictures\/[0-9a-f]{64}$/);
    assert.ok(natural > 0 && shown.width > 0 && shown.height > 0, `${page.url()}: ${address} is not shown`);
  }
  const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= screen, `${page.url()} is ${wide} px wide`);
  return pictures.map(({ address }) => address);
}

/** The questions of a Moodle XML file with all options and the right ones, by Chromium's parser; pictures stand as their hashes. */
async function keysOf(page, xml) {
  const light = xml.replace(/(<file [^>]*>)([^<]+)/g, (_, tag, data) => tag + createHash('sha256').update(Buffer.from(data, 'base64')).digest('hex'));
  return page.evaluate((light) => {
    const said = (element) => {
      const { body } = new DOMParser().parseFromString(element.querySelector(':scope > text').textContent, 'text/html');
      for (const picture of body.querySelectorAll('img')) {
        const name = picture.getAttribute('src').split('/').pop();
        picture.replaceWith([...element.querySelectorAll(':scope > file')].find((file) => file.getAttribute('name') === name).textContent);
      }
      return body.textContent.replace(/\s+/g, '');
    };
    const questions = [...new DOMParser().parseFromString(light, 'text/xml').querySelectorAll('question[type=multichoice]')];
    return questions.map((question) => {
      const options = [...question.querySelectorAll('answer')];
      const right = options.filter((option) => Number(option.getAttribute('fraction')) > 0);
      return { question: said(question.querySelector('questiontext')), options: options.map(said), right: right.map(said) };
    });
  }, light);
}

/** Sixty questions for each module, so that hardly a ticket is without them: with several right answers in the first two
 * modules, with one in the others; with pictures of different shape, and every fourth with pictures for options. */
async function ownBank(chromium) {
  const page = await chromium.newPage();
  const draw = async (words, width, height) => {
    await page.setViewportSize({ width, height });
    await page.setContent(`<body style="margin:0;height:100vh;display:grid;place-items:center;background:#ffe9a8;font:700 28px sans-serif">${words}</body>`);
    return (await page.screenshot()).toString('base64');
  };
  const shapes = [['Схема цеха', 640, 360], ['План эвакуации', 1600, 400], ['Лестница', 300, 900]];
  const schemes = [];
  for (const shape of shapes) schemes.push(await draw(...shape));
  const signs = [];
  for (const sign of ['А', 'Б', 'В', 'Г']) signs.push(await draw(sign, 160, 120));
  await page.close();

  const html = (words, picture) => {
    const shown = picture ? `<p>${words}</p><p><img src="@@PLUGINFILE@@/рисунок.png" alt="Рисунок"></p>` : words;
    return `<text><![CDATA[${shown}]]></text>${picture ? `<file name="рисунок.png" path="/" encoding="base64">${picture}</file>` : ''}`;
  };
  const question = (topic, n) => {
    const several = topic <= '02';
    const options = ['первый', 'второй', 'третий', 'четвёртый'].map((option, place) => {
      const right = several ? place % 2 === n % 2 : place === n % 4;
      const answer = html(`${option} знак, ${n} &lt; ${n + 1}`, n % 4 === 0 && signs[place]);
      return `<answer fraction="${right ? (several ? 50 : 100) : 0}" format="html">${answer}</answer>`;
    });
    return `<question type="multichoice"><name><text>${topic}-рис-${n}</text></name>
      <questiontext format="html">${html(`Что показывает рисунок № ${n} к модулю ${topic}?`, schemes[n % schemes.length])}</questiontext>
      <generalfeedback><text>Смотрите рисунок ещё раз.</text></generalfeedback><single>${!several}</single>${options.join('')}</question>`;
  };
  const numbers = Array.from({ length: 60 }, (_, n) => n + 1);
  return new Map(TOPICS.map((topic) => [topic, `<?xml version="1.0" encoding="UTF-8"?>\n<quiz>${numbers.map((n) => question(topic, n)).join('\n')}</quiz>`]));
}
