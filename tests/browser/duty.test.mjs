// The duty looks on while a learner sits on a telephone: each sees what the other does within a second or two, without a reload.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Centre, browser, go, signIn } from './lib.mjs';

describe('the duty at an attestation', () => {
  let centre, chromium, learner, board, acts;
  const row = () => board.getByRole('row').filter({ hasText: 'Общие вопросы охраны труда' });
  /** How long until `sees` is so, in milliseconds. */
  async function within(most, sees) {
    const began = Date.now();
    while (!(await sees())) {
      assert.ok(Date.now() - began < most, `not seen in ${most} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return Date.now() - began;
  }
  async function act(kind, { minutes = '', text = '' }) {
    await acts.reload();
    await acts.getByLabel(kind).check();
    await acts.locator('#minutes').fill(minutes);
    await acts.locator('#text').fill(text);
    await go(acts.getByRole('button', { name: 'Сделать' }));
  }
  const left = async () => Number((await learner.locator('#timer time').innerText()).split(':')[0]);

  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
    learner = await (await chromium.newContext({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true })).newPage();
    const office = await chromium.newContext();
    [board, acts] = [await office.newPage(), await office.newPage()];
    for (const page of [learner, board, acts]) page.setDefaultTimeout(30_000);
    await signIn(learner, centre, 'gleb@example.ru');
    await signIn(board, centre, 'methodist');
    await board.goto(`${centre.url}/duty`);
    assert.equal(await row().count(), 0);
    await go(learner.getByRole('link', { name: 'К аттестации' }));
    await go(learner.getByRole('button', { name: 'Начать аттестацию' }));
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });

  test('sees who sits, where and with how much time', async () => {
    await row().getByText('на связи').waitFor();
    await row().getByText('0 из 12').waitFor();
    await learner.locator('.opt').first().tap();
    const took = await within(15_000, async () => /1 из 12/.test(await row().innerText()));
    console.log(`an answer is on the board after ${took} ms`);
    await acts.goto(centre.url + (await row().getByRole('link').getAttribute('href')));
  });

  test('gives time, says a word, stops the time and lets it go on', async () => {
    const before = await left();
    await act('Добавить время', { minutes: '15', text: 'Перебой с электричеством' });
    const took = await within(15_000, async () => (await left()) >= before + 14);
    console.log(`more time is on the learner's page after ${took} ms`);

    await act('Сказать слушателю', { text: 'Читайте вопрос до конца' });
    await act('Сказать слушателю', { text: 'До конца десять минут' });
    // The second word does not take the place of one that was not read.
    await learner.locator('#duty').getByText(/Читайте вопрос до конца\s+До конца десять минут/).waitFor();
    await learner.getByRole('button', { name: 'Понятно' }).tap();
    assert.ok(await learner.locator('#duty').isHidden());

    await act('Остановить время', { text: 'Учебная тревога' });
    await learner.locator('#paused').waitFor();
    const stood = await learner.locator('#timer time').innerText();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const still = await learner.locator('#timer time').innerText();
    const seconds = (text) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    assert.ok(Math.abs(seconds(stood) - seconds(still)) <= 1, `${stood} → ${still}`);
    assert.ok(!(await learner.locator('.qtext').isVisible()));
    await row().getByText('пауза').waitFor();
    await act('Пустить время дальше', {});
    await learner.locator('.qtext').waitFor();
    await within(15_000, async () => seconds(await learner.locator('#timer time').innerText()) < seconds(still));
    // A message that was read does not come again with the next page.
    const told = learner.waitForResponse((answer) => answer.url().endsWith('/events'));
    await learner.getByRole('button', { name: 'Далее' }).tap();
    await learner.waitForURL(/questions\/2$/);
    await told;
    await learner.waitForTimeout(300);
    assert.ok(await learner.locator('#duty').isHidden());
  });

  test('sees a lost connection', async () => {
    await learner.context().setOffline(true);
    await learner.close();
    await row().getByText('нет связи').waitFor();
  });
});
