// What every browser test needs: a demonstration centre of its own on an engine, Chromium, and keys to questions.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const target = process.env.CARGO_TARGET_DIR ?? path.join(homedir(), '.cache/kafedra/target');
const bin = process.env.KAFEDRA_BIN ?? path.join(target, 'debug/kafedra');
export const PASSWORD = 'meridian-demo';

/** A centre filled by `kafedra demo` in a folder that nobody else uses. */
export class Centre {
  /** `serve` instead of `demo`: the same centre as if it were a real one, whose letters leave; `empty`: no centre at all. */
  static async open(engine = 'SQLite', { command = 'demo', env = {}, empty = false } = {}) {
    const centre = new Centre();
    Object.assign(centre, { command, env: { ...process.env, ...env } });
    if (!existsSync(bin)) throw new Error(`There is no ${bin}. Build it (cargo build -p kafedra) or name it in KAFEDRA_BIN.`);
    centre.folder = mkdtempSync(path.join(tmpdir(), 'kafedra-browser-'));
    centre.port = await freePort();
    centre.url = `http://127.0.0.1:${centre.port}`;
    if (engine === 'PostgreSQL') centre.#makeDatabase();
    if (command !== 'demo' && !empty) await centre.run('demo', '--fill-only');
    await centre.start();
    return centre;
  }

  #makeDatabase() {
    const server = process.env.KAFEDRA_TEST_POSTGRES;
    if (!server) throw new Error('PostgreSQL is not named. Run through scripts/with-postgres, which sets KAFEDRA_TEST_POSTGRES.');
    const name = `browser_${process.pid}_${this.port}`;
    const ask = (statement) => execFileSync('psql', [server, '--quiet', '--command', statement]);
    ask(`create database ${name}`);
    this.database = Object.assign(new URL(server), { pathname: `/${name}` }).href;
    this.dropDatabase = () => ask(`drop database ${name} with (force)`);
  }

  #flags() {
    return ['--data', this.folder, '--listen', `127.0.0.1:${this.port}`, ...(this.database ? ['--database', this.database] : [])];
  }

  /** Another command of the program on the same folder; gives what it prints. */
  async run(...command) {
    return (await promisify(execFile)(bin, [...command, ...this.#flags()], { env: this.env })).stdout;
  }

  /** Packages may be kept on the device whole, as a methodist would have ticked it before the learner came. For SQLite. */
  allowDevices() {
    const change = `update programme_version set content = replace(content, '"pause_days":', '"offline":true,"pause_days":') where state = 'approved'`;
    const run = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1], 30); c.execute(sys.argv[2]); c.commit()';
    execFileSync('python3', ['-c', run, path.join(this.folder, 'kafedra.db'), change]);
  }

  /** Starts the server on its folder, again after a `kill` too, and waits until it answers. */
  async start() {
    const server = spawn(bin, [this.command, ...this.#flags()], { stdio: ['ignore', 'pipe', 'pipe'], env: this.env });
    this.log = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (this.log += text));
    this.exited = new Promise((resolve) => server.on('exit', resolve));
    this.server = server;
    process.once('exit', () => server.kill('SIGKILL'));
    for (let tries = 0; tries < 1800; tries++) {
      if (server.exitCode !== null) break;
      const answer = await fetch(`${this.url}/health`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.close();
    throw new Error(`The server did not start:\n${this.log}`);
  }

  /** As the power goes: no time to write anything. */
  async kill() {
    this.server.kill('SIGKILL');
    await this.exited;
  }

  async close() {
    await this.kill();
    this.dropDatabase?.();
    rmSync(this.folder, { recursive: true });
  }
}

export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Chromium, with more flags where a test wants a camera. */
export function browser(...more) {
  const quiet = ['quic', 'background-networking', 'component-update', 'sync'].map((what) => `--disable-${what}`);
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet, ...more],
  });
}

export async function signIn(page, centre, login, password = PASSWORD) {
  await page.goto(`${centre.url}/sign-in`);
  await page.getByLabel('Почта или логин').fill(login);
  await page.getByLabel('Пароль').fill(password);
  await go(page.getByRole('button', { name: 'Войти' }));
  if (page.url().includes('/sign-in')) throw new Error(`${login} does not get in`);
}

/** Clicks what leads to another page, and waits until that page stands with its script begun. */
export async function go(locator) {
  await Promise.all([locator.page().waitForEvent('domcontentloaded'), locator.click()]);
}

/** A СНИЛС with the right last digits: another one for each number. */
export function snils(n) {
  const digits = String(112_000_000 + n);
  const sum = [...digits].reduce((sum, digit, at) => sum + digit * (9 - at), 0);
  return digits + String((sum % 101) % 100).padStart(2, '0');
}

/** Writes into fields by their names. */
export async function fill(page, answers) {
  for (const [name, answer] of Object.entries(answers)) await page.locator(`#${name}`).fill(answer);
}

/**
 * Writes a programme of labour protection with one module and one material; stands on its draft, whose address it gives.
 * `rules` are the fields of its final attestation, `ticks` the boxes and choices there, by their words.
 */
export async function drafted(methodist, { title, code, programme, rules, ticks, module, material: [name, text] }) {
  const save = (words) => go(methodist.getByRole('button', { name: words }));
  await methodist.goto('/office/programmes/new');
  await methodist.getByLabel('Название').fill(title);
  await methodist.getByLabel('Охрана труда').check();
  await methodist.getByLabel('Код').fill(code);
  await save('Начать');
  await fill(methodist, programme);
  await save('Сохранить');
  const draft = methodist.url();
  await go(methodist.getByRole('link', { name: 'Итоговая аттестация' }));
  await fill(methodist, rules);
  for (const words of ticks) await methodist.getByLabel(words).check();
  await save('Сохранить');
  await go(methodist.getByRole('link', { name: 'Добавить модуль' }));
  await fill(methodist, module);
  await save('Сохранить');
  await go(methodist.getByRole('link', { name: 'Материалы' }));
  await methodist.getByLabel('Модуль').selectOption('01');
  await methodist.getByLabel('Название').fill(name);
  await methodist.locator('#text').fill(text);
  await save('Добавить');
  await methodist.goto(draft);
  return draft;
}

/** Looks a file of questions through and takes it; gives what the page said before and after. */
export async function taken(teacher, file, programme, topic) {
  const said = () => teacher.getByRole('main').innerText();
  await teacher.goto('/questions/import');
  await teacher.getByLabel('Программа').selectOption(programme);
  await teacher.locator('#topic').fill(topic);
  await teacher.locator('#file').setInputFiles(file);
  await go(teacher.getByRole('button', { name: 'Прочитать' }));
  const read = await said();
  await go(teacher.getByRole('button', { name: 'Взять в банк' }));
  return [read, await said()];
}

/** The methodist hands a draft over, and the head approves it. */
export async function approved(methodist, head, draft) {
  await methodist.goto(draft);
  await go(methodist.getByRole('button', { name: 'Отправить на утверждение' }));
  await head.goto(draft);
  await go(head.getByRole('button', { name: 'Утвердить' }));
}

/** Enrols somebody at the office; gives what the slip says. */
export async function enrolled(methodist, programme, [family, given, sex], n) {
  await methodist.goto(`/office/applications/${programme}`);
  const typed = {
    'Фамилия': family, 'Имя': given, 'Дата рождения': '05.03.1984', 'СНИЛС': snils(n), 'Телефон': '8 916 123-45-67', 'Адрес регистрации': 'г. Москва, ул. Мира, д. 7',
    'Паспорт': '45 18 123456, УМВД, 01.02.2018', 'Должность': 'инженер', 'Организация': 'АО «Сети»', 'ИНН организации': '7707083893',
  };
  for (const [label, answer] of Object.entries(typed)) await methodist.getByLabel(label, { exact: true }).fill(answer);
  await methodist.getByLabel(sex).check();
  await methodist.getByLabel(/^Согласие на обработку/).check();
  await go(methodist.getByRole('button', { name: 'Зачислить' }));
  const [, login, once] = (await methodist.locator('dd').allInnerTexts()).map((said) => said.trim());
  return { login, once };
}

/** Comes in with a slip for the first time, and studies the one material; stands in the cabinet. */
export async function studied(learner, centre, { login, once }) {
  await signIn(learner, centre, login, once);
  await learner.getByLabel('Выданный пароль').fill(once);
  await learner.getByLabel('Новый пароль').fill('мой собственный пароль');
  await go(learner.getByRole('button', { name: 'Сохранить' }));
  await go(learner.getByRole('link', { name: 'Продолжить' }));
  await go(learner.getByRole('button', { name: 'Принимаю' }));
  await go(learner.getByRole('button', { name: 'Закончить' }));
  await learner.waitForURL('/cabinet');
}

// ---- questions -----------------------------------------------------------------------------------------------------

/** What elements say, without white space; a picture says its hash. */
export const text = (locator) =>
  locator.evaluateAll((all) =>
    all.map((one) => {
      const copy = one.cloneNode(true);
      for (const picture of copy.querySelectorAll('img')) picture.replaceWith(picture.getAttribute('src').split('/').pop());
      return copy.textContent.replace(/\s+/g, '');
    }),
  );

/** What a question is known by: banks have questions of the same text with other options. */
export const named = (question, options) => JSON.stringify([question, ...[...options].sort()]);

/** From questions to the texts of their right options, as the teacher sees the first hundred. */
export async function answerKeys(teacher, bank = 'labour-16') {
  await teacher.goto(`/questions/${bank}`);
  const keys = new Map();
  for (const item of await teacher.locator('ol.lines > li').all()) {
    const [question] = await text(item.locator('.qtext-list'));
    const [options, sign] = [item.locator('li'), teacher.locator('.tag.ok')];
    const wrong = await text(options.filter({ hasNot: sign }));
    const right = (await text(options.filter({ has: sign }))).map((option) => option.replace(/^верно/, ''));
    keys.set(named(question, [...wrong, ...right]), right);
  }
  return keys;
}

/** The question on the page: its name, and the places of its right options. */
export async function asked(page, keys) {
  const [[question], options] = [await text(page.locator('.qtext')), await text(page.locator('.opt > span'))];
  const name = named(question, options);
  const right = options.flatMap((option, place) => (keys.get(name)?.includes(option) ? [place] : []));
  assert.ok(right.length > 0, `no key to ${name}`);
  return { name, right };
}

export async function choose(page, places) {
  const boxes = page.locator('.opt input');
  for (let place = 0; place < (await boxes.count()); place++) {
    const box = boxes.nth(place), wanted = places.includes(place);
    if (wanted) await box.check();
    else if ((await box.getAttribute('type')) === 'checkbox') await box.uncheck();
  }
}

export const chosen = (page) => page.locator('.opt input').evaluateAll((all) => all.flatMap((box, place) => (box.checked ? [place] : [])));
