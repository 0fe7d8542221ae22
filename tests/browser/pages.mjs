// Every page of every role in a fresh centre: for the checks of pages and for screenshots.
import assert from 'node:assert/strict';
import { go, signIn } from './lib.mjs';

/** A page: its name, who sees it, and how to come to it; `status` where it is not 200. */
const at = (name, address, more = {}) => ({ name, open: (page) => page.goto(address), ...more });

/** Sends what stands in the form; gives the answer. */
const sent = async (page, address, button, fill = () => {}) => {
  await page.goto(address);
  await fill(page);
  const answer = page.waitForResponse((response) => response.request().method() === 'POST');
  await go(page.getByRole('main').getByRole('button', { name: button }));
  return answer;
};

/** The application form as someone filled it in a hurry. */
async function hurry(page) {
  await page.getByLabel('Фамилия', { exact: true }).fill('Журавлёва');
  await page.getByLabel('СНИЛС').fill('112-233-445 9');
  await page.getByLabel('Почта').fill('zhuravleva@example');
}

const PUBLIC = [
  at('каталог', '/'),
  at('каталог, ничего не нашлось', '/?q=геология'),
  at('программа', '/programmes/labour-16'),
  at('программа с удостоверением', '/programmes/office-72'),
  at('заявление', '/programmes/labour-16/application'),
  at('заявление с образованием', '/programmes/office-72/application'),
  { name: 'заявление с ошибками', open: (page) => sent(page, '/programmes/labour-16/application', 'Далее', hurry), status: 422 },
  at('вход', '/sign-in'),
  { name: 'вход с ошибкой', open: (page) => sent(page, '/sign-in', 'Войти', (page) => page.getByLabel('Почта или логин').fill('anna')), status: 422 },
  at('забыли пароль', '/password-reset'),
  { name: 'забыли пароль, пусто', open: (page) => sent(page, '/password-reset', 'Прислать ссылку'), status: 422 },
  at('приглашение не действует', '/invitation/0', { status: 422 }),
  at('проверка документа', '/check'),
  at('документа нет', '/check?number=1&proof=1'),
  at('оферта', '/acts/offer'),
  at('письма демонстрации', '/demo/letters'),
  at('страницы нет', '/programmes/none', { status: 404 }),
];

/** What the head sets up, beside the sections of the rail. */
const HEAD = [
  at('кто подписывает', '/settings/acting'),
  at('вид сайта', '/settings/look'),
  { name: 'вид сайта, цвет не тот', open: (page) => sent(page, '/settings/look', 'Сохранить', (page) => page.getByLabel('Цвет').fill('#ffd479')), status: 422 },
  at('образцы документов', '/settings/specimens'),
  at('слова приказа', '/settings/wordings/enrolment_order'),
];

const own = [at('устройства', '/sessions'), at('пароль', '/password'), at('чужая страница', '/attempts/00000000-0000-0000-0000-000000000000', { status: 404 })];

/** All pages by role; `again`: another of the staff has it too. Goes through what must be begun first: an application, a training, an attestation. */
export async function everyPage(centre, context) {
  const roles = [];
  const visitor = await (await context()).newPage();
  roles.push({ role: 'посетитель', context: visitor.context(), pages: [...PUBLIC, ...(await applying(visitor)), await invited(visitor)] });

  for (const [role, login, collect] of [
    ['слушатель учится', 'vera@example.ru', studying],
    ['слушатель сдаёт', 'learner3@example.ru', sitting],
    ['слушатель сдал', 'learner10@example.ru', passed],
    ['слушатель не сдал', 'learner2@example.ru', failing],
  ]) {
    const page = await (await context()).newPage();
    await signIn(page, centre, login);
    roles.push({ role, context: page.context(), pages: [...(await collect(page)), ...own] });
  }
  const seen = new Set();
  for (const [role, login] of [['руководитель', 'head'], ['методист', 'methodist'], ['преподаватель', 'teacher'], ['администратор', 'admin'], ['проверяющий', 'auditor'], ['заказчик', 'customer']]) {
    const page = await (await context()).newPage();
    await signIn(page, centre, login);
    const pages = [...(login === 'methodist' ? await writing(page) : login === 'head' ? HEAD : []), ...(await office(page)), ...own].map((one) => ({ ...one, again: seen.has(one.name) }));
    for (const { name } of pages) seen.add(name);
    roles.push({ role, context: page.context(), pages });
  }
  return roles;
}

/** Begins an application; gives its address without the step. */
async function begun(page) {
  await page.goto('/programmes/office-72/application');
  const answers = {
    'Фамилия': 'Ким', 'Имя': 'Ян', 'Дата рождения': '1.2.1990', 'СНИЛС': '112-233-445 95', 'Телефон': '89160000000', 'Почта': 'kim@example.ru',
    'Адрес регистрации': 'г. Владимир', 'Паспорт': '17 18 123456', 'Номер диплома': '123456',
  };
  for (const [label, answer] of Object.entries(answers)) await page.getByLabel(label, { exact: true }).fill(answer);
  await page.getByLabel('Мужской').check();
  await page.getByLabel('Уровень').selectOption({ index: 1 });
  await go(page.getByRole('button', { name: 'Далее' }));
  const application = page.url().replace(/\/consent$/, '');
  assert.match(application, /\/applications\//);
  return application;
}

async function applying(page) {
  const unsigned = await begun(page);
  const application = await begun(page);
  await page.getByRole('checkbox').check();
  await go(page.getByRole('button', { name: 'Далее' }));
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await go(page.getByRole('button', { name: 'Получить код' }));
  return [
    at('согласие', `${unsigned}/consent`),
    { name: 'согласия нет', open: (page) => sent(page, `${unsigned}/consent`, 'Далее'), status: 422 },
    at('договор', `${application}/agreement`),
    at('код', `${application}/code`),
    { name: 'код не тот', open: (page) => sent(page, `${application}/code`, 'Подписать'), status: 422 },
  ];
}

async function studying(page) {
  const study = await study_of(page);
  await page.goto('/cabinet');
  const material = await page.locator('a[href*="/materials/"]').first().getAttribute('href');
  await page.goto(material);
  const materials = await page.locator('.contents a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  await page.goto(`${study}/training`);
  await go(page.getByRole('button', { name: 'Вперемешку' }));
  const training = page.url().replace(/\/\d+$/, '');
  // One wrong verdict and one right, whichever questions they fall on; the rest stays open.
  const verdicts = {};
  for (let n = 1; n <= 9 && Object.keys(verdicts).length < 2; n++) {
    await page.goto(`${training}/${n}`);
    await page.locator('.opt input').nth(n % 2).check();
    await go(page.getByRole('button', { name: 'Проверить' }));
    verdicts[(await page.locator('.verdict .what').innerText()).trim()] ??= `${training}/${n}`;
  }
  return [
    at('кабинет', '/cabinet'),
    at('портфолио', '/portfolio'),
    at('свои согласия', '/consents'),
    at('согласие на новости', '/consents/consent-news'),
    at('комплект письмом', `${study}/mailing`),
    at('запрос занятия', `${study}/meetings`),
    at('лицензия', `${study}/licence`),
    at('материал', materials[0]),
    at('материал в PDF', materials[1]),
    at('тренировка', `${study}/training`),
    at('вопрос тренировки', `${training}/10`),
    { name: 'ответа нет', open: (page) => sent(page, `${training}/10`, 'Проверить'), status: 422 },
    ...Object.entries(verdicts).map(([what, address]) => at(what.toLowerCase(), address)),
    at('аттестация рано', `${study}/attestation`),
    at('документы', '/papers'),
  ];
}

/** The page of the link that a letter holds. */
async function invited(page) {
  await page.goto('/password-reset');
  await page.getByLabel('Почта или логин').fill('learner3@example.ru');
  await go(page.getByRole('button', { name: 'Прислать ссылку' }));
  await page.goto('/demo/letters');
  const [link] = (await page.content()).match(/\/invitation\/\w{64}/);
  return at('приглашение', link);
}

const study_of = async (page) => {
  await page.goto('/cabinet');
  return (await page.locator('a[href$="/attestation"]').first().getAttribute('href')).replace(/\/attestation$/, '');
};

async function sitting(page) {
  const study = await study_of(page);
  await page.goto('/cabinet');
  const question = (await page.getByRole('link', { name: 'Продолжить' }).getAttribute('href')).replace(/\d+$/, '');
  return [
    at('кабинет, идёт аттестация', '/cabinet'),
    at('аттестация идёт', `${study}/attestation`),
    at('вопрос с ответом', `${question}2`),
    at('вопрос без ответа', `${question}7`),
    at('завершение', question.replace('questions/', 'completion')),
  ];
}

async function failing(page) {
  const study = await study_of(page);
  await page.goto('/cabinet');
  const result = await page.locator('a[href^="/attempts/"]').first().getAttribute('href');
  return [at('кабинет после неудачи', '/cabinet'), at('вторая попытка', `${study}/attestation`), at('результат не сдано', result), at('апелляция', `${result}/appeal`)];
}

async function passed(page) {
  await page.goto('/cabinet');
  const result = await page.locator('a[href^="/attempts/"]').first().getAttribute('href');
  return [at('кабинет после', '/cabinet'), at('результат сдано', result), at('документы', '/papers')];
}

/** A file is looked through before anything of it is taken. */
async function brought(page) {
  await page.locator('#bank').selectOption({ index: 1 });
  const gift = '::Первый::Что делать?{=Звонить ~Ждать}\n\n::Второй::Сколько?{#5:1}\n\n::Третий::Ничего';
  await page.locator('#file').setInputFiles({ name: 'банк.gift', mimeType: 'text/plain', buffer: Buffer.from(gift) });
}

/** One question of each kind is written, and looked at as its learner sees it. */
async function kinds(page) {
  const written = [
    ['true_false', 'Каска нужна всегда.', ''], ['text', 'Кто отвечает?', 'работодатель'], ['number', 'Какова глубина?', '1,5 ± 0,1'],
    ['gaps', 'Каска [[1]], глубина [[2]].', 'белая | +оранжевая\n# 1,5'], ['match', 'Чем тушить?', 'Бензин = пена\nБумага = вода'],
    ['order', 'Что за чем?', 'Позвонить\nВыйти'], ['sort', 'Что горит?', 'Бумага = горит\nПесок = нет'],
    ['case', 'На складе дым.', 'Звонить? {TRUE}\n\nКуда? {=112 ~113}'], ['open', 'Опишите осмотр.', 'полно'],
  ];
  const pages = [];
  for (const [kind, text, lines] of written) {
    await page.goto(`/questions/office-72/new?kind=${kind}`);
    await page.locator('#topic').selectOption({ index: 1 });
    await page.locator('#text').fill(text);
    if (lines) await page.locator('#lines').fill(lines);
    await go(page.getByRole('button', { name: 'Сохранить' }));
    const words = encodeURIComponent(text.replace(/[.,?\[\]]/g, ''));
    pages.push(at(`вопрос, ${kind}`, await first(page, `/questions/office-72?q=${words}`, '/questions/office-72/0')));
  }
  return pages;
}

/** A draft of its own, without a module and with everything to be said about it. */
async function writing(page) {
  await page.goto('/office/programmes/new');
  await page.getByLabel('Название').fill('Первая помощь');
  await page.getByLabel('Охрана труда').check();
  await page.getByLabel('Код').fill('first-aid');
  await go(page.getByRole('button', { name: 'Начать' }));
  const draft = page.url().replace(/\/edit$/, '');
  const full = '/office/programmes/' + (await page.goto('/office/programmes'), await page.getByRole('link', { name: /^Общие вопросы охраны труда/ }).first().getAttribute('href')).split('/').pop();
  return [
    at('черновик', draft),
    at('редактор программы', `${draft}/edit`),
    { name: 'редактор с ошибкой', open: (page) => sent(page, `${draft}/edit`, 'Сохранить', (page) => page.getByLabel('Часов в день').fill('много')), status: 422 },
    at('редактор аттестации', `${draft}/attestation`),
    { name: 'редактор аттестации с ошибкой', open: (page) => sent(page, `${draft}/attestation`, 'Сохранить', (page) => page.getByLabel('Минут на билет').fill('много')), status: 422 },
    at('новый модуль', `${draft}/modules/1`),
    at('заявление в офисе', '/office/applications'),
    at('заявление в офисе, форма', '/office/applications/labour-16'),
    at('материалы, пусто', `${draft}/materials`),
    at('материалы', `${full}/materials`),
    at('материал в редакторе', await first(page, `${full}/materials`, `${full}/materials/`)),
    at('пробная аттестация', `${full}/trial`),
    at('идёт аттестация', '/duty'),
    at('слушатель на аттестации', await first(page, '/duty', '/duty/')),
    at('новый вопрос', '/questions/labour-16/new'),
    ...(await kinds(page)),
    at('выгрузка вопросов', '/questions/labour-16/export'),
    { name: 'что в файле', open: (page) => sent(page, '/questions/import', 'Прочитать', brought), status: 200 },
    { name: 'вопрос с ошибкой', open: (page) => sent(page, '/questions/labour-16/new', 'Сохранить'), status: 422 },
    at('вопрос в редакторе', await first(page, '/questions/labour-16', '/questions/labour-16/0')),
    at('неверный ключ', (await first(page, '/questions/labour-16', '/questions/labour-16/0')) + '/correction'),
    at('статистика', '/questions/labour-16/statistics'),
    at('убранные вопросы', '/questions/labour-16?state=withdrawn'),
    at('попытка по шагам', await first(page, '/results', '/results/0')),
    at('аннулирование', (await first(page, '/results', '/results/0')) + '/annulment'),
    { name: 'аннулирование без причины', open: async (page) => sent(page, (await first(page, '/results', '/results/0')) + '/annulment', 'Аннулировать'), status: 422 },
    at('попытка открывается снова', (await first(page, '/results', '/results/0')) + '/reopening'),
    at('ответы с опозданием', (await first(page, '/results', '/results/0')) + '/late'),
    at('снимки', '/identities'),
    at('архив результатов', '/archives'),
    ...(await deeds(page)),
  ];
}

/** The first link of a page's content that begins so. */
async function first(page, address, start) {
  await page.goto(address);
  return page.locator(`main a[href^="${start}"]`).first().getAttribute('href');
}

/** What a methodist does with a group, a learner, a document and an application. */
async function deeds(page) {
  const group = await first(page, '/groups', '/groups/0');
  const checked = await page.goto('/applications').then(() => page.getByRole('row', { name: /Проверить копий/ }).first().getByRole('link').getAttribute('href'));
  const learner = await first(page, '/register', '/learners/');
  const replacement = await first(page, learner, '/credentials/');
  const active = await page.goto('/learners').then(() => page.getByRole('row', { name: /Учится/ }).first().getByRole('link').getAttribute('href'));
  const extension = await first(page, active, '/enrolments/');
  return [
    at('инструкция', '/instructions'),
    at('бланки', '/blanks'),
    { name: 'бланки с ошибкой', open: (page) => sent(page, '/blanks', 'Принять'), status: 422 },
    at('новая группа', '/groups/new'),
    { name: 'новая группа с ошибками', open: (page) => sent(page, '/groups/new', 'Открыть группу'), status: 422 },
    at('список группы', `${group}/list`),
    at('заказчики', '/customers'),
    at('проверка заявления', checked),
    at('копия не подходит', await page.goto(checked).then(() => page.getByRole('link', { name: 'Не подходит' }).first().getAttribute('href'))),
    at('карточка слушателя', learner),
    at('изменение имени', `${learner}/name`),
    at('падежи имени', `${learner}/name/cases`),
    at('замена документа', replacement),
    at('продление', extension),
    { name: 'продление с ошибкой', open: (page) => sent(page, extension, 'Продлить'), status: 422 },
    at('перевод', extension.replace('extension', 'transfer')),
    at('комплект слушателю', extension.replace('extension', 'mailing')),
    at('время и попытки', extension.replace('extension', 'attestation')),
    at('уничтожение данных', `${learner}/erasure`),
    at('отчисление', extension.replace('extension', 'expulsion')),
    at('номера реестра', await first(page, '/orders', '/protocols/')),
  ];
}

/** The sections of the rail, and of each the first pages below it. */
async function office(page) {
  await page.goto('/sessions');
  const sections = await page.locator('.rail nav a').evaluateAll((links) => links.map((link) => [link.textContent.trim(), link.getAttribute('href')]));
  const pages = [];
  if (sections.some(([, address]) => address === '/company')) {
    const group = await first(page, '/company', '/company/groups/');
    pages.push(at('запрос заказчика', `${group}/meetings`));
  }
  for (const [name, address] of sections) {
    pages.push(at(name.toLowerCase(), address));
    await page.goto(address);
    const below = (await page.locator(`main a[href^="${address}/"]`).evaluateAll((links) => links.map((link) => link.getAttribute("href")))).filter((link) => !/\.(zip|xlsx|ics|pdf)$/.test(link));
    below.slice(0, 4).forEach((address, n) => pages.push(at(`${name.toLowerCase()}, ${n + 1}`, address)));
  }
  return pages;
}

/** The cookie by which the server draws a page in this look: `theme.size.scheme.spacing`. */
export const look = (centre, value) => ({ name: 'look', value, url: centre.url });
