// A group of a customer: thirty people come from a table, one of them studies on a phone, the customer follows them, the
// methodist moves them. Every page on the way is whole at 1440, 390 and 320 px; SHOTS=FOLDER keeps a picture of each.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Centre, browser, go, signIn, snils } from './lib.mjs';
import { table } from './xlsx.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const CUSTOMER = 'ООО «Северная сталь»', OWN = 'мой собственный пароль', PROGRAMME = 'Общие вопросы охраны труда';
const HEADS = ['Фамилия', 'Имя', 'Отчество', 'Дата рождения', 'СНИЛС', 'Почта', 'Должность'];
const FAMILIES = ['Абрамов', 'Белоусов', 'Виноградов', 'Григорьев', 'Демидов', 'Ефремов', 'Жданов', 'Захаров', 'Игнатов', 'Калинин'];
const GIVEN = [['', 'Илья', 'Олегович'], ['', 'Пётр', 'Ильич'], ['а', 'Вера', 'Львовна']];

/** Thirty people, every third with an address. */
const PEOPLE = Array.from({ length: 30 }, (_, n) => {
  const [end, given, patronymic] = GIVEN[n % 3];
  const email = n % 3 === 0 ? `worker${n}@example.ru` : '';
  return [FAMILIES[n % 10] + end, given, patronymic, '05.03.1984', snils(n), email, n % 2 ? 'Сварщик' : 'Оператор стана'];
});

/** A date by the centre's clock, so many days from now, as people write it. */
const day = (later = 0) => new Date(Date.now() + later * 86_400_000).toLocaleDateString('ru', { timeZone: 'Europe/Moscow' });

for (const engine of ['SQLite', 'PostgreSQL']) {
  describe(`a customer's group on ${engine}`, () => {
    const found = [], looked = [];
    let centre, chromium, methodist, group, slips, steel, worker;

    before(async () => {
      centre = await Centre.open(engine);
      chromium = await browser();
    });
    after(async () => {
      await chromium?.close();
      await centre?.close();
    });

    async function person(width = 1440) {
      const context = await chromium.newContext({ baseURL: centre.url, viewport: { width, height: 900 } });
      context.setDefaultTimeout(30_000);
      await context.addInitScript({ path: axe });
      const page = await context.newPage();
      page.on('pageerror', (error) => found.push(`${page.url()}: ${error.message}`));
      page.on('console', (message) => {
        // A form that is meant to be refused is not an error of its own.
        if (message.type() === 'error' && !message.text().includes('status of 422')) found.push(`${page.url()}: ${message.text()}`);
      });
      return page;
    }

    /** Signs in with what a slip says and chooses an own password. */
    async function enter(page, { login, once }) {
      await signIn(page, centre, login, once);
      await page.getByLabel('Выданный пароль').fill(once);
      await page.getByLabel('Новый пароль').fill(OWN);
      await go(page.getByRole('button', { name: 'Сохранить' }));
    }

    /** Looks at the page that stands open, in every width. */
    async function look(page, name) {
      const before = page.viewportSize();
      looked.push(name);
      for (const width of [1440, 390, 320]) {
        await page.setViewportSize({ width, height: 900 });
        if (process.env.SHOTS && width !== 320) {
          await page.evaluate(() => document.fonts.ready);
          await page.screenshot({ path: path.join(process.env.SHOTS, `${engine}-${looked.length}-${name}-${width}.png`), fullPage: true });
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > width) found.push(`${name}: ${wide} px wide on a screen of ${width}`);
        if (width === 320) continue;
        const { violations } = await page.evaluate((values) => axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'], preload: false }), RULES);
        for (const { id, nodes } of violations) found.push(`${name}, ${width}: axe ${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`);
      }
      await page.setViewportSize(before);
    }

    test('a methodist opens a group and brings thirty people from a table', async () => {
      methodist = await person();
      await signIn(methodist, centre, 'methodist');
      await go(methodist.getByRole('link', { name: 'Заказчики' }));
      const answers = { name: CUSTOMER, inn: '7736050003', family: 'Дроздова', given: 'Нина', patronymic: 'Павловна', login: 'steel' };
      for (const [field, answer] of Object.entries(answers)) await methodist.locator(`#${field}`).fill(answer);
      await go(methodist.getByRole('button', { name: 'Добавить' }));
      steel = { login: 'steel', once: await methodist.locator('dd strong').innerText() };
      assert.match(await said(methodist), /Дроздова Нина Павловна[^]*Логин\s+steel/);
      await look(methodist, 'slip of the customer');
      await go(methodist.getByRole('link', { name: 'Готово' }));
      assert.match(await methodist.getByRole('row').last().innerText(), /Северная сталь[^]*7736050003/);
      await look(methodist, 'customers');

      await methodist.goto('/groups');
      await go(methodist.getByRole('link', { name: 'Новая группа' }));
      await look(methodist, 'new group');
      await methodist.getByLabel('Название').fill('ОТ-11, Северная сталь');
      await methodist.getByLabel('Программа').selectOption('labour-16');
      await methodist.getByLabel('Начало').fill(day());
      await methodist.getByLabel('Заказчик').selectOption(CUSTOMER);
      await methodist.getByLabel('Основание зачисления').fill('договор № 12 от 01.11.2026');
      await go(methodist.getByRole('button', { name: 'Открыть группу' }));
      group = new URL(methodist.url()).pathname;
      assert.match(await said(methodist), /Северная сталь[^]*договор № 12 от 01.11.2026[^]*Пока никого нет/);
      await look(methodist, 'group without people');

      // Wrong cells are named, and nobody is enrolled.
      await go(methodist.getByRole('link', { name: 'Добавить людей' }));
      assert.equal((await file(methodist, 'Пустая таблица')).subarray(0, 2).toString(), 'PK');
      const wrong = PEOPLE.map((one) => [...one]);
      wrong[1][4] = '112-233-445 96';
      wrong[2][3] = '31.02.1984';
      wrong[4][4] = wrong[0][4];
      const bring = async (people) => {
        await methodist.locator('#file').setInputFiles({ name: 'список.xlsx', mimeType: 'application/octet-stream', buffer: table([HEADS, ...people]) });
        await methodist.getByLabel(/^Согласия на обработку/).check();
        await go(methodist.getByRole('button', { name: 'Зачислить всех' }));
      };
      await bring(wrong);
      assert.match(await methodist.getByRole('alert').innerText(), /Никто не зачислен[^]*3\sошибки[^]*E3[^]*D4[^]*E6/);
      await look(methodist, 'list with errors');
      await methodist.goto(group);
      assert.match(await said(methodist), /Пока никого нет/);

      await go(methodist.getByRole('link', { name: 'Добавить людей' }));
      await bring(PEOPLE);
      slips = await methodist.locator('.slips li').evaluateAll((strips) => strips.map((strip) => {
        const [, login, once] = [...strip.querySelectorAll('dd')].map((said) => said.innerText.trim());
        return { name: strip.querySelector('p').innerText.trim(), login, once };
      }));
      assert.deepEqual(slips.map(({ name }) => name), PEOPLE.filter((one) => !one[5]).map((one) => one.slice(0, 3).join(' ')));
      await look(methodist, 'slips of the group');
      await go(methodist.getByRole('link', { name: 'Готово' }));
      assert.equal(await methodist.locator('tbody tr').count(), 30);
      await look(methodist, 'group');
      await methodist.goto('/groups');
      // Its order is made by a job, at once: the first day has come.
      await until(methodist, async () => /ОТ-11, Северная сталь[^]*Учится/.test(await methodist.locator('tbody tr').first().innerText()));
      await look(methodist, 'groups');
    });

    test('one of them comes in with a slip and studies on a phone', async () => {
      worker = await person(390);
      await enter(worker, slips[0]);
      assert.equal(new URL(worker.url()).pathname, '/cabinet');
      assert.match(await said(worker), new RegExp(PROGRAMME));
      await go(worker.getByRole('link', { name: 'Продолжить' }));
      await go(worker.getByRole('button', { name: 'Принимаю' }));
      assert.match(await worker.locator('.contents summary').innerText(), /0 из 8/);
      await go(worker.getByRole('button', { name: 'Далее' }));
      assert.match(await worker.locator('.contents summary').innerText(), /1 из 8/);
      await worker.goto('/cabinet');
      await go(worker.getByRole('navigation', { name: 'Нижнее меню' }).getByRole('link', { name: 'Документы' }));
      const extract = worker.getByRole('listitem').filter({ hasText: 'Выписка из приказа о зачислении' });
      await until(worker, async () => (await extract.getByRole('link', { name: 'PDF' }).count()) === 1);
      assert.equal((await file(extract, 'PDF')).subarray(0, 4).toString(), '%PDF');
    });

    test('the customer follows its people and takes their papers', async () => {
      const company = await person();
      await enter(company, steel);
      assert.equal(new URL(company.url()).pathname, '/company');
      assert.equal(await company.getByRole('heading', { level: 1 }).innerText(), 'Ваши группы');
      await look(company, 'groups of the customer');
      await go(company.getByRole('link', { name: 'ОТ-11, Северная сталь' }));
      await company.getByRole('heading', { name: /^30\sслушателей$/ }).waitFor();
      const rows = company.locator('tbody tr');
      assert.equal(await rows.filter({ hasText: 'Учится' }).count(), 30);
      assert.match(await rows.filter({ hasText: slips[0].name }).innerText(), /12\s%/);
      const all = company.getByRole('link', { name: /^Всё одним файлом/ });
      await until(company, async () => (await all.count()) === 1 && /31\sдокумент/.test(await all.innerText()));
      assert.equal((await file(company, /^Всё одним файлом/)).subarray(0, 4).toString(), '%PDF');
      await look(company, 'group of the customer');

      const address = new URL(company.url()).pathname;
      for (const foreign of ['/company', address, `${address}/papers`]) assert.equal((await worker.request.get(foreign)).status(), 404, foreign);
      for (const foreign of ['/groups', group, '/learners']) assert.equal((await company.request.get(foreign)).status(), 404, foreign);
    });

    test('the methodist makes a term longer, changes a name and expels', async () => {
      const card = async (name) => {
        await methodist.goto(group);
        await go(methodist.getByRole('link', { name }));
      };
      await card(slips[1].name);
      const learner = methodist.url();
      await look(methodist, 'card');
      await go(methodist.getByRole('link', { name: 'Продлить' }));
      await methodist.getByLabel('Новый последний день').fill('31.12.2020');
      await methodist.getByLabel('Основание').fill('болезнь, заявление от 20.11.2026');
      await go(methodist.getByRole('button', { name: 'Продлить' }));
      assert.match(await methodist.getByRole('alert').innerText(), /Новый последний день: с \d\d/);
      assert.equal(await methodist.getByLabel('Новый последний день').inputValue(), '31.12.2020');
      assert.equal(await methodist.getByLabel('Основание').inputValue(), 'болезнь, заявление от 20.11.2026');
      await look(methodist, 'longer term with errors');
      await methodist.getByLabel('Новый последний день').fill(day(100));
      await go(methodist.getByRole('button', { name: 'Продлить' }));
      assert.equal(methodist.url(), learner);
      assert.ok((await said(methodist)).includes(`доступ до ${day(100)}`));

      await go(methodist.getByRole('link', { name: 'Изменить имя' }));
      await methodist.getByLabel('Фамилия').fill('Северина');
      await methodist.getByLabel(/^Имя сменилось по документу/).check();
      await look(methodist, 'name');
      await methodist.getByLabel(/^Документ о перемене имени/).fill('свидетельство о заключении брака III-МЮ № 123456 от 01.11.2026');
      await go(methodist.getByRole('button', { name: 'Сохранить' }));
      const former = slips[1].name;
      assert.match(await methodist.getByRole('heading', { level: 1 }).innerText(), /^Северина Вера/);
      assert.match(await said(methodist), new RegExp(`Прежнее имя\\s+${former}, до ${day()}`));
      assert.match(await said(methodist), /Приказ о перемене имени[^]*Приказ о продлении обучения/);

      await card(slips[2].name);
      await go(methodist.getByRole('link', { name: 'Отчислить' }));
      await methodist.getByLabel('по собственному желанию').check();
      await methodist.getByLabel('Основание').fill(`заявление слушателя от ${day()}`);
      await look(methodist, 'expulsion');
      await go(methodist.getByRole('button', { name: 'Отчислить' }));
      await methodist.getByText(/^Отчислена?$/).waitFor();
      assert.match(await methodist.getByRole('region', { name: 'Документы об обучении' }).innerText(), /Справка об обучении\s+№/);
      await until(methodist, async () => (await methodist.getByText('Готовится').count()) === 0);
      await look(methodist, 'card of the expelled');
      const personal = await file(methodist, 'Личное дело');
      assert.equal(personal.subarray(0, 2).toString(), 'PK');
      for (const paper of ['Выписка из приказа о зачислении', 'Приказ об отчислении', 'Справка об обучении']) assert.ok(personal.includes(paper), paper);
      await methodist.goto(group);
      assert.equal(await methodist.locator('tbody tr').filter({ hasText: slips[2].name }).filter({ hasText: 'Отчислен' }).count(), 1);
      assert.equal(await methodist.getByRole('link', { name: 'Северина Вера' }).count(), 1);
    });

    test('a lost certificate is replaced, and the old one is known as not in force', async () => {
      await methodist.goto('/register');
      const row = methodist.locator('tbody tr').filter({ hasText: 'Удостоверение' }).first();
      const name = await row.locator('th').innerText();
      // The number of the register; that of the blank stands under it.
      const [lost] = (await row.locator('td').first().innerText()).split('\n');
      await go(row.getByRole('link'));
      await go(methodist.getByRole('link', { name: 'Заменить' }));
      await methodist.getByLabel(/^Утрачен/).check();
      await methodist.getByLabel('Основание').fill('заявление от 20.11.2026');
      await look(methodist, 'replacement');
      await go(methodist.getByRole('button', { name: 'Заменить' }));
      const documents = methodist.getByRole('region', { name: 'Документы об обучении' }).getByRole('listitem');
      const old = documents.filter({ hasText: `№ ${lost},` });
      assert.ok((await old.innerText()).includes(`Не действует: утрачен ${day()}`));
      assert.equal(await old.getByRole('link', { name: 'Заменить' }).count(), 0);
      const duplicate = documents.filter({ hasText: 'дубликат' });
      const [, number] = (await duplicate.innerText()).match(/№\s(\S+),/);
      assert.notEqual(number, lost);
      await look(methodist, 'card with a duplicate');

      const visitor = await person();
      for (const [asked, verdict] of [[number, 'Документ выдан'], [lost, 'Документ не действует']]) {
        await visitor.goto('/check');
        await visitor.getByLabel('Регистрационный номер').fill(asked);
        await visitor.getByLabel('Дата выдачи или фамилия').fill(name.split(' ')[0]);
        await go(visitor.getByRole('button', { name: 'Проверить' }));
        assert.equal(await visitor.getByRole('heading', { level: 1 }).innerText(), verdict);
        assert.ok((await said(visitor)).includes(asked));
      }
      await look(visitor, 'check of the lost one');
    });

    test('every page on the way was whole', () => {
      assert.equal(looked.length, 18, looked.join(', '));
      assert.ok(found.length === 0, `\n${found.join('\n')}`);
    });
  });
}

const said = (page) => page.getByRole('main').innerText();

/** What a link leads to, as bytes. */
async function file(place, name) {
  const link = place.getByRole('link', { name });
  const answer = await link.page().request.get(await link.getAttribute('href'));
  assert.equal(answer.status(), 200);
  return answer.body();
}

/** Looks again until the jobs have done it. */
async function until(page, done) {
  for (let tries = 0; !(await done()); tries++) {
    assert.ok(tries < 120, `it does not come: ${await said(page)}`);
    await page.waitForTimeout(500);
    await page.reload();
  }
}
