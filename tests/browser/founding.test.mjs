// A centre begins: from an empty folder and the link in the program's window to a published programme, by pages alone.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Centre, browser, go, signIn } from './lib.mjs';

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
  procedure: 'Тест из двух вопросов.', minutes: '20',
};
const MODULE = {
  title: 'Порядок действий', lecture: '6', self_study: '1', goal: 'Знать порядок.', topics: 'Осмотр места — 3\nВызов помощи — 4',
  content: 'Безопасность, осмотр, вызов, приёмы.', questions: '2',
};
const GIFT = `$CATEGORY: 01 Порядок действий

::Сначала::Что делают сначала? {=Убеждаются в безопасности ~Бегут к пострадавшему}

::Телефон::Единый номер вызова помощи? {=112 ~911}

::Ошибка::Вопрос без ответа {}
`;

for (const engine of ['SQLite', 'PostgreSQL']) {
  describe(`a centre is founded on ${engine}`, () => {
    test('from an empty folder to a published programme', async (t) => {
      const centre = await Centre.open(engine, { command: 'serve', empty: true });
      t.after(() => centre.close());
      const chromium = await browser();
      t.after(() => chromium.close());
      const context = async () => (await chromium.newContext({ baseURL: centre.url })).newPage();
      const fill = async (page, answers) => {
        for (const [name, answer] of Object.entries(answers)) await page.locator(`#${name}`).fill(answer);
      };

      const [link] = centre.log.match(/http\S+\/setup\/\w+/);
      const founder = await context();
      founder.setDefaultTimeout(15_000);
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
      const methodist = await context();
      methodist.setDefaultTimeout(15_000);
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
      await go(methodist.getByRole('button', { name: 'Сохранить' }));
      assert.match(await methodist.getByRole('main').innerText(), /хотя бы один модуль/);
      await go(methodist.getByRole('link', { name: 'Добавить модуль' }));
      await fill(methodist, MODULE);
      await go(methodist.getByRole('button', { name: 'Сохранить' }));
      const draft = methodist.url();

      await go(methodist.getByRole('link', { name: 'Материалы' }));
      await methodist.getByLabel('Модуль').selectOption('01');
      await methodist.getByLabel('Название').fill('Порядок первой помощи');
      await methodist.locator('#file').setInputFiles({ name: 'порядок.pdf', mimeType: 'application/pdf', buffer: Buffer.from('не PDF') });
      await go(methodist.getByRole('button', { name: 'Добавить' }));
      assert.match(await methodist.getByRole('alert').innerText(), /не похож на PDF/);
      assert.equal(await methodist.getByLabel('Название').inputValue(), 'Порядок первой помощи');
      await methodist.locator('#text').fill('## Сначала\n\nУбедитесь, что вам ничто не угрожает.');
      await go(methodist.getByRole('button', { name: 'Добавить' }));
      assert.match(await methodist.getByRole('main').innerText(), /Порядок первой помощи/);

      await methodist.goto('/questions/import');
      await methodist.getByLabel('Программа').selectOption('first-aid');
      const file = path.join(centre.folder, 'помощь.gift');
      writeFileSync(file, GIFT);
      await methodist.locator('#file').setInputFiles(file);
      await go(methodist.getByRole('button', { name: 'Загрузить' }));
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
  });
}
