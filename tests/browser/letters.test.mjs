// Letters leave by a mail server (maildev), on both engines: a code that enrols, a letter that waits while there is no
// server and comes once, a recipient who is refused.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Centre, browser, freePort, go, signIn } from './lib.mjs';
import { Mail, refusing, until } from './mail.mjs';

const FROM = 'no-reply@meridian.example';

for (const engine of ['SQLite', 'PostgreSQL']) {
  describe(`letters on ${engine}`, () => {
    let centre, chromium, mail, admin;

    before(async () => {
      mail = new Mail(await freePort(), await freePort());
      await mail.start();
      const env = { KAFEDRA_SMTP: `smtp://127.0.0.1:${mail.smtp}`, KAFEDRA_MAIL_FROM: `Учебный центр «Меридиан» <${FROM}>` };
      centre = await Centre.open(engine, { command: 'serve', env });
      chromium = await browser();
      admin = await person();
      await signIn(admin, centre, 'admin');
    });
    after(async () => {
      await chromium?.close();
      await centre?.close();
      await mail?.stop();
    });

    /** A person with a browser of their own. */
    async function person() {
      const context = await chromium.newContext({ baseURL: centre.url });
      context.setDefaultTimeout(30_000);
      return context.newPage();
    }

    /** The letters to one address at `/workings`, as the administrator sees them. */
    async function outbox(to) {
      await admin.goto('/workings');
      return admin.getByRole('listitem').filter({ hasText: to }).allInnerTexts();
    }

    /** Waits until the letters to one address stand there in this state. */
    async function stands(to, state) {
      await until(async () => {
        const letters = await outbox(to);
        return letters.length > 0 && letters.every((letter) => letter.includes(state));
      }, `the letter to ${to}: ${state}`);
    }

    /** The letter is marked as sent, and no other try follows it. */
    async function cameOnce(to, count) {
      await stands(to, 'отправлено');
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      assert.equal((await mail.to(to)).length, count);
    }

    /** The letter with the code; the one with the way back came before it. */
    const ofCode = (letters) => letters.find(({ subject }) => subject.startsWith('Код'));

    test('a code comes by letter, enrols, and the welcome follows', async () => {
      const page = await person(), to = 'zhuravleva@example.ru';
      await applied(page, { given: 'Ёлка', email: to, snils: '112-233-445 95' });
      const first = ofCode(await mail.letters(to, 2));
      const [code] = first.subject.match(/\d{6}$/);
      assert.equal(first.subject, `Код для подписи: ${code}`);
      assert.deepEqual(first.from, [{ address: FROM, name: 'Учебный центр «Меридиан»' }]);
      assert.deepEqual(first.to, [{ address: to, name: '' }]);
      assert.equal(first.envelope.from.address, FROM);
      assert.deepEqual(first.envelope.to.map(({ address }) => address), [to]);
      assert.match(first.text, /^Здравствуйте, Ёлка\.\n\nКод для подписи заявления на программу «Общие вопросы охраны труда[^»]+»: \d{6}\nОн действует 30\sминут\./);
      assert.ok(first.text.includes(code));

      await page.getByLabel('Код из письма').fill(code);
      await page.getByLabel('Пароль для входа').fill('очень длинный пароль');
      await go(page.getByRole('button', { name: 'Подписать и начать' }));
      await page.waitForURL('/cabinet');
      const letters = await mail.letters(to, 3), welcome = letters.find(({ subject }) => subject.startsWith('Вы зачислены'));
      const back = letters.find(({ subject }) => subject.startsWith('Ваше заявление'));
      assert.match(back.text, new RegExp(`${centre.url}/applications/[0-9a-f-]{36}/consent`));
      assert.equal(welcome.subject, 'Вы зачислены: Общие вопросы охраны труда и функционирования системы управления охраной труда');
      assert.match(welcome.text, /^Здравствуйте, Ёлка\.\n\nВы зачислены на программу «Общие[^]+Логин — zhuravleva@example\.ru, пароль вы придумали сами\./);

      // On the wire: plain letters of ASCII that name their encoding, each with an id of its own.
      for (const letter of letters) {
        const wire = await mail.source(letter);
        assert.doesNotMatch(wire, /[^\x00-\x7f]/);
        assert.match(wire, /^Content-Type: text\/plain; charset=utf-8\r?$/im);
        assert.match(wire, /^Date: \w{3}, \d/m);
        assert.match(wire, /^Message-ID: <[0-9a-f]{32}@meridian\.example>\r?$/im);
      }
      assert.equal(new Set(letters.map(({ messageId }) => messageId)).size, 3);

      // The administrator sees that they are gone, and no code.
      await stands(to, 'отправлено');
      const shown = (await outbox(to)).join('\n');
      assert.match(shown, /Личное письмо/);
      assert.ok(!shown.includes(code) && !(await admin.content()).includes(code));
    });

    test('a letter waits while there is no mail server, and comes once', async () => {
      const page = await person(), to = 'belova@example.ru';
      await mail.stop();
      await applied(page, { given: 'Ольга', email: to, snils: '087-654-303 00' });
      await stands(to, 'в очереди');
      // Long enough for a second try to fail too.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const [waits] = await outbox(to);
      assert.match(waits, /в очереди/);
      assert.match(await admin.getByRole('main').innerText(), /Не выполнены: 0\./);

      await mail.start();
      const letter = ofCode(await mail.letters(to, 2));
      await cameOnce(to, 2);
      const code = letter.subject.match(/\d{6}$/)[0];
      await page.getByLabel('Код из письма').fill(code);
      await page.getByLabel('Пароль для входа').fill('очень длинный пароль');
      await go(page.getByRole('button', { name: 'Подписать и начать' }));
      await page.waitForURL('/cabinet');
      await mail.letters(to, 3);
      await stands(to, 'отправлено');
    });

    test('a refused recipient is told to the administrator, who has it sent again', async (t) => {
      const page = await person(), to = 'refused@example.ru';
      await mail.stop();
      const refuser = await refusing(mail.smtp);
      t.after(() => refuser.stop());
      await applied(page, { given: 'Пётр', email: to, snils: '123-456-789 64' });
      // No try helps, so there is only one, and the reason is the server's own.
      await until(async () => {
        await admin.goto('/workings');
        return /Не выполнены: 2\./.test(await admin.getByRole('main').innerText());
      }, 'the job is given up');
      assert.match(await admin.getByRole('main').innerText(), /Письмо: refused@example\.ru[^]+550[^]+No such user[^]+не доставлено/);
      assert.doesNotMatch((await outbox(to)).join(), /отправлено/);
      assert.equal(refuser.refused, 2);
      await refuser.stop();

      await mail.start();
      for (let letters = 2; letters > 0; letters--) await go(admin.getByRole('button', { name: 'Повторить' }).first());
      await mail.letters(to, 2);
      await cameOnce(to, 2);
      assert.match(await admin.getByRole('main').innerText(), /Не выполнены: 0\./);
    });
  });
}

/** Applies to the programme as a new person, up to the page that asks for the code. */
async function applied(page, { given, email, snils }) {
  await page.goto('/programmes/labour-16/application');
  const answers = {
    'Фамилия': 'Журавлёва', 'Имя': given, 'Дата рождения': '5.3.1984', 'СНИЛС': snils, 'Телефон': '8 916 123-45-67', 'Почта': email,
    'Адрес регистрации': 'г. Владимир, ул. Мира, д. 7', 'Паспорт': '17 18 123456, УМВД, 01.02.2018',
    'Должность': 'инженер', 'Организация': 'АО «Владимирские сети»', 'ИНН организации': '7707083893',
  };
  for (const [label, answer] of Object.entries(answers)) await page.getByLabel(label, { exact: true }).fill(answer);
  await page.getByLabel('Женский').check();
  for (const button of ['Далее', 'Далее', 'Получить код']) {
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await go(page.getByRole('button', { name: button }));
  }
  await page.waitForURL(/\/code$/);
}
