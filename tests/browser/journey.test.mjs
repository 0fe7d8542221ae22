// The whole tale in a browser, on both engines: from a visitor to the documents, with a lost connection, a second device
// and a server that dies on the way.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Centre, answerKeys, asked, browser, choose, chosen, go, signIn } from './lib.mjs';

for (const engine of ['SQLite', 'PostgreSQL']) {
  describe(`on ${engine}`, () => {
    let centre, chromium;

    before(async () => {
      centre = await Centre.open(engine);
      chromium = await browser();
    });
    after(async () => {
      await chromium?.close();
      await centre?.close();
    });

    /** A person with a browser of their own. */
    async function person(options = {}) {
      const context = await chromium.newContext({ baseURL: centre.url, ...options });
      context.setDefaultTimeout(30_000);
      return context.newPage();
    }
    async function signedIn(login, options) {
      const page = await person(options);
      await signIn(page, centre, login);
      return page;
    }

    test('a visitor applies, signs with a code, studies, trains, and is told when the attestation opens', async () => {
      const page = await person();
      await page.goto('/');
      await page.getByLabel('Поиск программы').fill('охрана труда');
      await go(page.getByRole('button', { name: 'Найти' }));
      await go(page.getByRole('link', { name: /^Общие вопросы охраны труда/ }));
      await go(page.getByRole('link', { name: 'Подать заявление' }));

      const answers = {
        'Фамилия': 'Журавлёва', 'Имя': 'Анна-Мария', 'Отчество — если есть': 'Львовна', 'Дата рождения': '5.3.1984',
        'СНИЛС': '112-233-445 96', 'Телефон': '8 916 123-45-67', 'Почта': 'zhuravleva@example.ru',
        'Адрес регистрации': 'г. Владимир, ул. Мира, д. 7', 'Паспорт': '17 18 123456, УМВД, 01.02.2018',
        'Должность': 'инженер', 'Организация': 'АО «Владимирские сети»', 'ИНН организации': '7707083893',
      };
      for (const [label, answer] of Object.entries(answers)) await page.getByLabel(label, { exact: true }).fill(answer);
      await page.getByLabel('Женский').check();
      await go(page.getByRole('button', { name: 'Далее' }));

      // One digit of the checksum is wrong: the form says so and keeps everything that was typed.
      const summary = page.getByRole('alert');
      assert.match(await summary.innerText(), /СНИЛС/);
      // The island has written the date and the telephone as they are written.
      const written = { ...answers, 'Дата рождения': '05.03.1984', 'Телефон': '+7 916 123-45-67' };
      for (const [label, answer] of Object.entries(written)) {
        assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), answer, label);
      }
      assert.ok(await page.getByLabel('Женский').isChecked());
      await summary.getByRole('link').click();
      await page.locator('#snils:focus').waitFor();
      await page.keyboard.press('Control+A');
      await page.keyboard.type('112-233-445 95');
      await go(page.getByRole('button', { name: 'Далее' }));

      assert.match(await page.getByRole('main').innerText(), /Журавлёва Анна-Мария Львовна/);
      await page.getByLabel(/^Согласен на обработку/).check();
      await go(page.getByRole('button', { name: 'Далее' }));
      await page.getByLabel(/^Принимаю оферту/).check();
      await page.getByLabel(/^Согласен подписывать/).check();
      await go(page.getByRole('button', { name: 'Получить код' }));

      const letters = await page.context().newPage();
      await letters.goto('/demo/letters');
      const letter = letters.getByRole('listitem').filter({ hasText: 'zhuravleva@example.ru' }).first();
      const [, code] = (await letter.innerText()).match(/Код для подписи: (\d{6})/);
      await page.getByLabel('Код из письма').fill(code);
      await page.getByLabel('Пароль для входа').fill('очень длинный пароль');
      await go(page.getByRole('button', { name: 'Подписать и начать' }));
      await page.waitForURL('/cabinet');

      // The licence once, then eight materials one after another.
      await go(page.getByRole('link', { name: 'Продолжить' }));
      await go(page.getByRole('button', { name: 'Принимаю' }));
      for (let read = 0; read < 8; read++) {
        assert.match(await page.locator('.contents summary').innerText(), new RegExp(`${read} из 8`));
        await go(page.getByRole('button', { name: read < 7 ? 'Далее' : 'Закончить' }));
      }
      await page.waitForURL('/cabinet');
      assert.match(await page.getByRole('main').innerText(), /4 из 4\sмодулей/);

      // Training: sooner or later the first option is wrong, and the page explains.
      await go(page.getByRole('link', { name: 'Потренироваться' }));
      await go(page.getByRole('button', { name: 'Вперемешку' }));
      const verdict = page.locator('.verdict');
      for (let question = 1; question <= 10; question++) {
        await page.locator('.opt input').first().check();
        await go(page.getByRole('button', { name: 'Проверить' }));
        if ((await verdict.innerText()).startsWith('Неверно')) break;
        await go(page.getByRole('link', { name: 'Следующий вопрос' }));
      }
      assert.match(await verdict.innerText(), /^Неверно\s+\S.{20,}/s);
      assert.ok((await page.getByText('верный ответ').count()) > 0);

      // Sixteen hours at eight a day are two days: today is the first.
      await page.goto('/cabinet');
      await go(page.getByRole('link', { name: 'К аттестации' }));
      assert.match(await page.getByRole('main').innerText(), /Откроется (завтра|\d+\s\p{L}+): раньше не позволяет учебный график/u);
      assert.equal(await page.getByRole('button', { name: 'Начать аттестацию' }).count(), 0);
    });

    test('an attestation outlives a lost connection, another device and the death of the server', async () => {
      const keys = await answerKeys(await signedIn('teacher'));
      const page = await signedIn('gleb@example.ru');
      await go(page.getByRole('link', { name: 'К аттестации' }));
      await go(page.getByRole('button', { name: 'Начать аттестацию' }));
      await page.waitForURL(/\/questions\/1$/);
      const attempt = page.url().replace(/\/questions.*/, '');
      const ask = (page, n) => page.goto(`${attempt}/questions/${n}`);
      const state = page.locator('.save'), bar = page.locator('.offline');
      const saved = () => state.filter({ hasText: /^Сохранено в \d\d:\d\d$/ }).waitFor();

      // Whether the draw has put a question with several right answers first: there each key adds a choice.
      const several = (await page.locator('.opt input[type=checkbox]').count()) > 0;

      // A key chooses, the answer is kept at once, the map and the counters follow.
      assert.match(await page.locator('#timer time').innerText(), /^(30:00|29:\d\d)$/);
      await page.keyboard.press('2');
      await saved();
      assert.equal(await page.getByRole('link', { name: 'Вопрос 1, ответ дан', exact: true }).count(), 1);
      assert.equal(await page.locator('#mh').innerText(), 'Ответов: 1 из 12');
      assert.equal(await page.locator('progress').evaluate((line) => line.value), 1);
      await page.getByRole('button', { name: 'Вернуться позже', pressed: false }).click();
      await page.getByRole('link', { name: 'Вопрос 1, ответ дан, отмечен' }).waitFor();
      await page.getByRole('button', { name: 'Скрыть таймер' }).click();
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('#timer time').innerText(), 'Таймер скрыт');
      await page.getByRole('button', { name: 'Показать таймер' }).click();

      // Offline: the choice waits, nothing leads away from it, and it goes as soon as there is a connection.
      await page.context().setOffline(true);
      await page.keyboard.press('1');
      await bar.waitFor();
      assert.equal(await state.innerText(), '1 ответ не отправлен');
      await page.keyboard.press('3');
      await page.getByRole('button', { name: 'Далее' }).click();
      await page.locator('#announce').filter({ hasText: 'Нет связи' }).waitFor({ state: 'attached' });
      assert.match(page.url(), /\/questions\/1$/);
      await page.context().setOffline(false);
      await saved();
      assert.ok(await bar.isHidden());
      await page.reload();
      assert.deepEqual(await chosen(page), several ? [0, 1, 2] : [2]);
      assert.equal(await page.getByRole('button', { name: 'Вернуться позже', pressed: true }).count(), 1);

      // Another device goes on where the first one is, and what it changes is not undone by the first one's old page.
      const other = await signedIn('gleb@example.ru', { viewport: { width: 390, height: 844 } });
      await go(other.getByRole('link', { name: 'Продолжить' }));
      assert.deepEqual(await chosen(other), several ? [0, 1, 2] : [2]);
      await other.locator('.opt').nth(0).click();
      await other.locator('.save').filter({ hasText: 'Сохранено' }).waitFor();
      await go(page.getByRole('button', { name: 'Далее' }));
      await page.waitForURL(/\/questions\/2$/);
      await other.reload();
      assert.deepEqual(await chosen(other), several ? [1, 2] : [0]);
      await other.context().close();

      // Right answers to the end of the ticket; the server dies after the fifth, with the sixth under way.
      for (let n = 1; n <= 12; n++) {
        await ask(page, n);
        if (n === 6) await centre.kill();
        await choose(page, (await asked(page, keys)).right);
        if (n === 6) {
          await bar.waitFor();
          await centre.start();
          await go(page.getByRole('button', { name: 'Далее' }));
          await page.waitForURL(/\/questions\/7$/);
          for (let kept = 1; kept <= 6; kept++) {
            await ask(page, kept);
            assert.deepEqual(await chosen(page), (await asked(page, keys)).right, `answer ${kept} after the restart`);
          }
        } else {
          // Pressed at once: the page waits for the answer to be kept.
          await page.keyboard.press('Enter');
          await page.waitForURL(n < 12 ? `${attempt}/questions/${n + 1}` : `${attempt}/completion`);
        }
      }
      assert.match(await page.getByRole('main').innerText(), /Ответы есть на все вопросы/);
      await go(page.getByRole('button', { name: 'Завершить' }));
      assert.match(await page.getByRole('heading', { level: 1 }).innerText(), /^Сдано, 12 из 12$/);

      // An old page of a closed attempt leads to the result.
      await ask(page, 3);
      assert.equal(new URL(page.url()).pathname, new URL(attempt).pathname);

      await go(page.getByRole('main').getByRole('link', { name: 'Документы' }));
      await readyPapers(page);
    });

    test('without JavaScript the same attestation goes by plain forms', async () => {
      const page = await signedIn('learner2@example.ru', { javaScriptEnabled: false });
      await go(page.getByRole('link', { name: 'К аттестации' }));
      await go(page.getByRole('button', { name: 'Начать аттестацию' }));
      await page.locator('.opt').nth(1).click();
      await go(page.getByRole('button', { name: 'Далее' }));
      await page.waitForURL(/\/questions\/2$/);
      assert.match(await page.locator('.save').innerText(), /Ответов: 1 из 12/);
      // Enter in the middle of a form goes on too, not back.
      await page.locator('.opt input').nth(2).check();
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/questions\/3$/);
      await go(page.getByRole('button', { name: 'Вернуться позже' }));
      assert.equal(await page.getByRole('link', { name: 'Вопрос 3, нет ответа, отмечен' }).count(), 1);
      await go(page.getByRole('button', { name: 'Назад' }));
      assert.deepEqual(await chosen(page), [2]);
      await go(page.getByRole('link', { name: 'Завершить аттестацию' }));
      assert.match(await page.getByRole('main').innerText(), /10\sвопросов без ответа/);
    });

    test('anyone can check a certificate that stands in the register', async () => {
      const head = await signedIn('head');
      await head.goto('/register');
      const row = head.locator('tbody tr').first();
      const name = await row.locator('th').innerText();
      // The number of the register; that of the blank stands under it.
      const [number] = (await row.locator('td').first().innerText()).split('\n');
      const visitor = await person();
      await visitor.goto('/check');
      await visitor.getByLabel('Регистрационный номер').fill(number);
      await visitor.getByLabel('Дата выдачи или фамилия').fill(name.split(' ')[0]);
      await go(visitor.getByRole('button', { name: 'Проверить' }));
      const shown = await visitor.getByRole('main').innerText();
      assert.ok(shown.includes(number) && shown.includes(name.split(' ')[0]), shown);
    });
  });
}

/** Waits until the jobs have made the papers (an order of enrolment, a protocol, an order of completion), then reads each. */
async function readyPapers(page) {
  const papers = page.getByRole('link', { name: 'PDF' });
  for (let tries = 0; (await papers.count()) < 3 || (await page.getByText('Готовится').count()) > 0; tries++) {
    assert.ok(tries < 240, `the papers are not ready: ${await page.getByRole('main').innerText()}`);
    await page.waitForTimeout(250);
    await page.reload();
  }
  for (const paper of await papers.evaluateAll((links) => links.map((link) => link.href))) {
    const answer = await page.request.get(paper);
    assert.equal((await answer.body()).subarray(0, 4).toString(), '%PDF');
  }
}
