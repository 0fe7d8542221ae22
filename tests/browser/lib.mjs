// What every browser test needs: a demonstration centre of its own on an engine, and Chromium.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const target = process.env.CARGO_TARGET_DIR ?? path.join(homedir(), '.cache/kafedra/target');
const bin = process.env.KAFEDRA_BIN ?? path.join(target, 'debug/kafedra');
export const PASSWORD = 'meridian-demo';

/** A centre filled by `kafedra demo` in a folder that nobody else uses. */
export class Centre {
  static async open(engine = 'SQLite') {
    const centre = new Centre();
    if (!existsSync(bin)) throw new Error(`There is no ${bin}. Build it (cargo build -p kafedra) or name it in KAFEDRA_BIN.`);
    centre.folder = mkdtempSync(path.join(tmpdir(), 'kafedra-browser-'));
    centre.port = await freePort();
    centre.url = `http://127.0.0.1:${centre.port}`;
    if (engine === 'PostgreSQL') centre.#makeDatabase();
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

  /** Starts the server on its folder, again after a `kill` too, and waits until it answers. */
  async start() {
    const database = this.database ? ['--database', this.database] : [];
    const listen = `127.0.0.1:${this.port}`;
    const server = spawn(bin, ['demo', '--data', this.folder, '--listen', listen, ...database], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.log = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (this.log += text));
    this.exited = new Promise((resolve) => server.on('exit', resolve));
    this.server = server;
    process.once('exit', () => server.kill('SIGKILL'));
    for (let tries = 0; tries < 600; tries++) {
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

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export function browser() {
  const quiet = ['quic', 'background-networking', 'component-update', 'sync'].map((what) => `--disable-${what}`);
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet],
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
  const next = locator.page().waitForEvent('domcontentloaded');
  await locator.click();
  await next;
}
