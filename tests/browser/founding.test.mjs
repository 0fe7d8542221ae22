// A centre begins, by pages alone: from an empty folder and the link in the program's window to a published programme; three people, on a
// telephone, in two goes and at the office, and a customer's group of thirty go through to their papers. SHOTS=FOLDER keeps the papers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Centre, browser, fill, freePort, go, signIn, snils } from './lib.mjs';
import { Mail, until } from './mail.mjs';
import { table } from './xlsx.mjs';

const CENTRE = {
  full_name: 'Автономная некоммерческая организация дополнительного профессионального образования «Вектор»', short_name: 'АНО ДПО «Вектор»',
  brand: 'Вектор', inn: '7707083893', kpp: '770701001', ogrn: '1027700132195', licence: '№ Л035-01234-77/00000001 от 14 марта 2024 г.',
  city: 'г. Москва', address: '101000, г. Москва, ул. Мясницкая, д. 1', phone: '8 495 000-00-00', email: 'info@vektor.example',
  director: 'Е. И. Воронцов', secretary: 'А. С. Лаптева', family: 'Воронцов', given: 'Егор', patronymic: 'Ильич', login: 'director',
  password: 'очень длинный пароль',
};
const COMMISSION = {
  order_number: '7-к', order_date: '12.01.2026', since: '12.01.2026', until: '31.12.2036', chairman: 'Директор — Воронцов Егор Ильич',
  members: 'Преподаватель — Орлов Борис Петрович\nПреподаватель — Мохова Вера Игоревна', secretary: 'Секретарь — Лаптева Анна Сергеевна',
};
const PROGRAMME = {
  hours: '8', summary: 'Что делать до приезда скорой.', relevance: 'Первая помощь нужна в первые минуты.', goal: 'Научить оказывать первую помощь.',
  tasks: 'Разобрать порядок действий\nОтработать приёмы', audience: 'Работники организаций.', entry: 'Образование не ограничено.',
  outcomes: 'знать перечень состояний\nуметь вызвать помощь', conditions: 'Обучение в системе.', literature: 'Нормативная: Порядок оказания первой помощи',
};
const PACKAGE = { procedure: 'Тест из двух вопросов.', minutes: '20' };
const MODULE = {
  title: 'Порядок действий', lecture: '6', self_study: '1', goal: 'Знать порядок.', topics: 'Осмотр места — 3\nВызов помощи — 4',
  content: 'Безопасность, осмотр, вызов, приёмы.', questions: '2',
};
const GIFT = `$CATEGORY: 01 Порядок действий

::Сначала::Что делают сначала? {=Убеждаются в безопасности ~Бегут к пострадавшему}

::Телефон::Единый номер вызова помощи? {=112 ~911}

::Ошибка::Вопрос без ответа {~да ~нет}
`;

/** What the right option of either question says. */
const RIGHT = /^(Убеждаются в безопасности|112)$/;
const ANNA = { family: 'Кузнецова', given: 'Анна', patronymic: 'Сергеевна', sex: 'Женский', email: 'anna@example.ru', snils: snils(101) };
const PETR = { family: 'Волков', given: 'Пётр', patronymic: '', sex: 'Мужской', email: 'petr@example.ru', snils: snils(102) };
const OLGA = { family: 'Зимина', given: 'Ольга', patronymic: 'Юрьевна', sex: 'Женский', email: '', snils: snils(103) };
const answers = ({ family, given, patronymic, email, snils }) => ({
  'Фамилия': family, 'Имя': given, 'Отчество — если есть': patronymic, 'Дата рождения': '05.03.1984', 'СНИЛС': snils, 'Телефон': '8 916 123-45-67',
  'Почта': email, 'Адрес регистрации': 'г. Москва, ул. Мира, д. 7', 'Паспорт': '45 18 123456, УМВД, 01.02.2018', 'Должность': 'инженер',
  'Организация': 'АО «Сети»', 'ИНН организации': '7707083893',
});
const HEADS = ['Фамилия', 'Имя', 'Отчество', 'Дата рождения', 'СНИЛС', 'Почта', 'Должность'];
const ENDS = ['ов', 'ев', 'ин', 'ский', 'цев'], ROOTS = ['Абрам', 'Борис', 'Гур', 'Дём', 'Ждан', 'Зот'];
const THIRTY = ROOTS.flatMap((root, n) => ENDS.map((end, k) => [root + end, 'Илья', 'Олегович', '05.03.1984', snils(200 + n * 5 + k), '', 'Сварщик']));

for (const engine of ['SQLite', 'PostgreSQL']) {
  describe(`a centre is founded on ${engine}`, () => {
    let centre, chromium, mail, founder, methodist;

    before(async () => {
      mail = new Mail(await freePort(), await freePort());
      await mail.start();
      const env = { KAFEDRA_SMTP: `smtp://127.0.0.1:${mail.smtp}`, KAFEDRA_MAIL_FROM: 'Вектор <no-reply@vektor.example>' };
      centre = await Centre.open(engine, { command: 'serve', empty: true, env });
      chromium = await browser();
    });
    after(async () => {
      await chromium?.close();
      await centre?.close();
      await mail?.stop();
    });

    const context = async (options = {}) => {
      const page = await (await chromium.newContext({ baseURL: centre.url, ...options })).newPage();
      page.setDefaultTimeout(30_000);
      return page;
    };
    test('from an empty folder to a published programme', async () => {
      const [link] = centre.log.match(/http\S+\/setup\/\w+/);
      founder = await context();
      await founder.goto(link);
      await fill(founder, { ...CENTRE, inn: '7707083894' });
      await go(founder.getByRole('button', { name: 'Создать центр' }));
      assert.match(await founder.getByRole('alert').innerText(), /ИНН/);
      assert.equal(await founder.locator('#full_name').inputValue(), CENTRE.full_name);
      await fill(founder, { inn: CENTRE.inn, password: CENTRE.password });
      await go(founder.getByRole('button', { name: 'Создать центр' }));
      // Three roles, three instructions, read before work.
      assert.equal(new URL(founder.url()).pathname, '/instructions');
      await go(founder.getByRole('button', { name: 'Ознакомлен' }));
      await founder.goto('/settings/people');
      assert.equal((await founder.request.get(link)).status(), 404);

      // A methodist with a password that must be changed at once.
      await fill(founder, { family: 'Лаптева', given: 'Анна', login: 'anna' });
      await founder.getByLabel('Методист').check();
      await go(founder.getByRole('button', { name: 'Добавить' }));
      const once = await founder.locator('dd strong').innerText();
      methodist = await context();
      await signIn(methodist, centre, 'anna', once);
      await methodist.getByLabel('Выданный пароль').fill(once);
      await methodist.getByLabel('Новый пароль').fill('мой собственный пароль');
      await go(methodist.getByRole('button', { name: 'Сохранить' }));
      await go(methodist.getByRole('button', { name: 'Ознакомлен' }));

      await founder.goto('/settings/commission');
      await fill(founder, COMMISSION);
      await go(founder.getByRole('button', { name: 'Назначить' }));
      assert.match(await founder.getByRole('main').innerText(), /№ 7-к от 12\sянваря 2026/);

      // The programme, its module, material and questions.
      await methodist.goto('/office/programmes/new');
      await methodist.getByLabel('Название').fill('Первая помощь пострадавшим');
      await methodist.getByLabel('Охрана труда').check();
      await methodist.getByLabel('Код').fill('first-aid');
      await go(methodist.getByRole('button', { name: 'Начать' }));
      await fill(methodist, PROGRAMME);
      await methodist.locator('input[name=copies][value=passport]').check();
      await go(methodist.getByRole('button', { name: 'Сохранить' }));
      assert.match(await methodist.getByRole('main').innerText(), /хотя бы один модуль[^]*порядок итоговой аттестации/);
      await go(methodist.getByRole('link', { name: 'Итоговая аттестация' }));
      await fill(methodist, PACKAGE);
      await go(methodist.getByRole('button', { name: 'Сохранить' }));
      await go(methodist.getByRole('link', { name: 'Добавить модуль' }));
      await fill(methodist, MODULE);
      await go(methodist.getByRole('button', { name: 'Сохранить' }));
      const draft = methodist.url();

      await go(methodist.getByRole('link', { name: 'Материалы' }));
      await methodist.getByLabel('Модуль').selectOption('01');
      await methodist.getByLabel('Название').fill('Порядок первой помощи');
      await methodist.locator('#file').setInputFiles({ name: 'порядок.pdf', mimeType: 'application/pdf', buffer: Buffer.from('не PDF') });
      await go(methodist.getByRole('button', { name: 'Добавить' }));
      assert.match(await methodist.getByRole('alert').innerText(), /такого вида не открыть/);
      assert.equal(await methodist.getByLabel('Название').inputValue(), 'Порядок первой помощи');
      await methodist.locator('#text').fill('## Сначала\n\nУбедитесь, что вам ничто не угрожает.');
      await go(methodist.getByRole('button', { name: 'Добавить' }));
      assert.match(await methodist.getByRole('main').innerText(), /Порядок первой помощи/);

      await methodist.goto('/questions/import');
      await methodist.getByLabel('Программа').selectOption('first-aid');
      const file = path.join(centre.folder, 'помощь.gift');
      writeFileSync(file, GIFT);
      await methodist.locator('#file').setInputFiles(file);
      await go(methodist.getByRole('button', { name: 'Прочитать' }));
      assert.match(await methodist.getByRole('main').innerText(), /Прочитано: 2\sвопроса[^]*Не читается\s+1[^]*Строка 7/);
      await go(methodist.getByRole('button', { name: 'Взять в банк' }));
      assert.match(await methodist.getByRole('main').innerText(), /Взято: 2\sвопроса[^]*Не взято\s+1[^]*Строка 7/);

      await methodist.goto(draft);
      await go(methodist.getByRole('button', { name: 'Отправить на утверждение' }));
      await founder.goto(draft);
      await go(founder.getByRole('button', { name: 'Утвердить' }));
      const visitor = await context();
      await visitor.goto('/');
      await go(visitor.getByRole('link', { name: /^Первая помощь пострадавшим/ }));
      assert.match(await visitor.getByRole('main').innerText(), /Чему научитесь[^]*Порядок действий/);
      await go(visitor.getByRole('link', { name: 'Подать заявление' }));
      assert.match(await visitor.locator('footer').innerText(), /АНО ДПО «Вектор»[^]*ИНН 7707083893/);
    });

    /** Fills the application of this person up to the consent. */
    async function begin(page, one) {
      await page.goto('/programmes/first-aid/application');
      for (const [label, answer] of Object.entries(answers(one))) await page.getByLabel(label, { exact: true }).fill(answer);
      await page.getByLabel(one.sex).check();
      await go(page.getByRole('button', { name: 'Далее' }));
      assert.match(await page.getByRole('main').innerText(), new RegExp(`${one.family} ${one.given}`));
      await page.getByRole('checkbox').check();
      await go(page.getByRole('button', { name: 'Далее' }));
    }

    /** Attaches a photo of the passport, agrees and signs with the code of the letter. */
    async function complete(page, one) {
      await page.locator('#passport').setInputFiles({ name: 'паспорт.png', mimeType: 'image/png', buffer: await page.screenshot() });
      await go(page.getByRole('button', { name: /^Прикрепить/ }));
      await go(page.getByRole('button', { name: 'Далее' }));
      for (const box of await page.getByRole('checkbox').all()) await box.check();
      await go(page.getByRole('button', { name: 'Получить код' }));
      const code = (letters) => letters.map(({ subject }) => subject.match(/(\d{6})$/)?.[1]).find(Boolean);
      await until(async () => code(await mail.to(one.email)), `a code for ${one.email}`);
      await page.getByLabel('Код из письма').fill(code(await mail.to(one.email)));
      await page.getByLabel('Пароль для входа').fill(CENTRE.password);
      await go(page.getByRole('button', { name: 'Подписать и начать' }));
      await page.waitForURL('/cabinet');
    }

    /** The first time with a slip. */
    async function enter(page, { login, once }) {
      await signIn(page, centre, login, once);
      await page.getByLabel('Выданный пароль').fill(once);
      await page.getByLabel('Новый пароль').fill(CENTRE.password);
      await go(page.getByRole('button', { name: 'Сохранить' }));
    }

    /** From the cabinet through the material to a passed attestation. */
    /** Whoever has an address gets a code before the attestation. */
    async function learn(page, email = '') {
      await go(page.getByRole('link', { name: 'Продолжить' }));
      await go(page.getByRole('button', { name: 'Принимаю' }));
      await go(page.getByRole('button', { name: 'Закончить' }));
      await page.waitForURL('/cabinet');
      await go(page.getByRole('link', { name: 'К аттестации' }));
      if (email) {
        await go(page.getByRole('button', { name: 'Получить код' }));
        const code = (letters) => letters.map(({ subject }) => subject.match(/^Код для аттестации: (\d{6})$/)?.[1]).find(Boolean);
        await until(async () => code(await mail.to(email)), `a code for ${email}`);
        await page.getByLabel('Код из письма').fill(code(await mail.to(email)));
      }
      await go(page.getByRole('button', { name: 'Начать аттестацию' }));
      for (const place of [1, 2]) {
        await page.waitForURL(new RegExp(`/questions/${place}$`));
        await page.locator('.opt').filter({ has: page.getByText(RIGHT) }).click();
        await page.locator('.save').filter({ hasText: 'Сохранено' }).waitFor();
        await go(page.getByRole('button', { name: place < 2 ? 'Далее' : 'К завершению' }));
      }
      await go(page.getByRole('button', { name: 'Завершить' }));
      assert.match(await page.getByRole('heading', { level: 1 }).innerText(), /^Сдано, 2 из 2$/);
    }

    /** Waits for the person's papers and gives their words. */
    async function papers(page, titles) {
      await page.goto('/papers');
      let shown = '';
      const ready = async () => {
        await page.reload();
        shown = await page.getByRole('main').innerText();
        return titles.every((title) => shown.includes(title)) && !shown.includes('Готовится');
      };
      await until(ready, titles.join(', ')).catch((error) => assert.fail(`${error.message}: ${shown}`));
      const said = [];
      for (const address of await page.getByRole('link', { name: 'PDF' }).evaluateAll((links) => links.map((link) => link.href))) {
        said.push(words(await (await page.request.get(address)).body(), `${engine}-${said.length}-${Date.now()}`));
      }
      return said.join('\n');
    }

    test('three people come each in their own way and get their papers', async () => {
      await founder.goto('/settings/centre');
      await founder.getByLabel('Сразу после каждого результата').check();
      await go(founder.getByRole('button', { name: 'Сохранить' }));

      const phone = await context({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
      await begin(phone, ANNA);
      await complete(phone, ANNA);
      await learn(phone, ANNA.email);
      const TITLES = ['Заявление', 'Приказ о зачислении', 'Протокол проверки знания'];
      assert.match(await papers(phone, TITLES), /Кузнецова Анна Сергеевна/);

      // The second one has no passport at hand, and comes back another day by the letter.
      const first = await context();
      await begin(first, PETR);
      await go(first.getByRole('button', { name: 'Далее' }));
      assert.match(await first.getByRole('alert').innerText(), /Не хватает: паспорт/);
      await first.context().close();
      const [letter] = await mail.letters(PETR.email, 1);
      const later = await context();
      await later.goto(letter.text.match(/http\S+\/applications\/\S+/)[0]);
      await complete(later, PETR);
      await learn(later, PETR.email);
      assert.match(await papers(later, TITLES), /Волков П[её]тр/);

      // The third one has no address: the methodist types, prints a slip, gives it over the table.
      await methodist.goto('/office/applications/first-aid');
      const { 'Почта': _, ...typed } = answers(OLGA);
      for (const [label, answer] of Object.entries(typed)) await methodist.getByLabel(label, { exact: true }).fill(answer);
      await methodist.getByLabel(OLGA.sex).check();
      await methodist.getByLabel(/^Согласие на обработку/).check();
      await go(methodist.getByRole('button', { name: 'Зачислить' }));
      const [, login, once] = (await methodist.locator('dd').allInnerTexts()).map((said) => said.trim());
      const third = await context();
      await enter(third, { login, once });
      await learn(third);
      assert.match(await papers(third, TITLES.slice(1)), /Зимина Ольга/);
    });

    test("a customer's group of thirty goes through to its papers", async () => {
      await methodist.goto('/customers');
      await fill(methodist, { name: 'ООО «Северная сталь»', inn: '7736050003', family: 'Дроздова', given: 'Нина', patronymic: 'Павловна', login: 'steel' });
      await go(methodist.getByRole('button', { name: 'Добавить' }));
      const customer = { login: 'steel', once: await methodist.locator('dd strong').innerText() };
      await methodist.goto('/groups/new');
      await methodist.getByLabel('Название').fill('ПП-1, Северная сталь');
      await methodist.getByLabel('Программа').selectOption('first-aid');
      await methodist.getByLabel('Начало').fill(new Date().toLocaleDateString('ru', { timeZone: 'Europe/Moscow' }));
      await methodist.getByLabel('Заказчик').selectOption('ООО «Северная сталь»');
      await methodist.getByLabel('Основание зачисления').fill('договор № 12 от 01.11.2026');
      await go(methodist.getByRole('button', { name: 'Открыть группу' }));
      const group = new URL(methodist.url()).pathname;
      await go(methodist.getByRole('link', { name: 'Добавить людей' }));
      await methodist.locator('#file').setInputFiles({ name: 'список.xlsx', mimeType: 'application/octet-stream', buffer: table([HEADS, ...THIRTY]) });
      await methodist.getByLabel(/^Согласия на обработку/).check();
      await go(methodist.getByRole('button', { name: 'Зачислить всех' }));
      const slips = await methodist.locator('.slips li').evaluateAll((strips) => strips.map((strip) => {
        const [, login, once] = [...strip.querySelectorAll('dd')].map((said) => said.innerText.trim());
        return { login, once };
      }));
      assert.equal(slips.length, 30);

      const queue = [...slips];
      const hall = async () => {
        for (let slip = queue.shift(); slip; slip = queue.shift()) {
          const page = await context({ viewport: { width: 390, height: 844 } });
          await enter(page, slip);
          await learn(page);
          await page.context().close();
        }
      };
      await Promise.all([hall(), hall(), hall()]);

      // The last one's result closes the protocol: an order, a protocol, and an extract of each for everybody.
      const company = await context();
      await enter(company, customer);
      await go(company.getByRole('link', { name: 'ПП-1, Северная сталь' }));
      const all = company.getByRole('link', { name: /^Всё одним файлом/ });
      await until(async () => (await company.reload(), (await all.count()) === 1 && /6\d\sдокумент/.test(await all.innerText())), 'the papers of the group', 120_000);
      const printed = words(await (await company.request.get(await all.getAttribute('href'))).body(), `${engine}-group`);
      for (const [family] of THIRTY) assert.ok(printed.includes(family), family);
      await methodist.goto(group);
      assert.match(await methodist.getByRole('main').innerText(), /30 из 30/);
    });
  });
}

/** The words of a PDF; a copy stays where SHOTS says. */
function words(pdf, name) {
  assert.equal(pdf.subarray(0, 4).toString(), '%PDF');
  if (process.env.SHOTS) writeFileSync(path.join(process.env.SHOTS, `${name}.pdf`), pdf);
  return execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, maxBuffer: 64 << 20 }).toString();
}
