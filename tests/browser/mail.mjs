// Mail servers for tests: one that takes letters, one that knows nobody.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const maildev = createRequire(import.meta.url).resolve('maildev/bin/maildev');

/** Asks again and again, for half a minute at most: a letter's third pause is eight seconds. */
export async function until(holds, what, most = 30_000) {
  for (const end = Date.now() + most; !(await holds()); ) {
    assert.ok(Date.now() < end, `not so in ${most / 1000} seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A mail server that forgets what it took when it stops. */
export class Mail {
  constructor(smtp, web) {
    Object.assign(this, { smtp, web, url: `http://127.0.0.1:${web}` });
  }

  async start() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'kafedra-letters-'));
    const flags = ['--smtp', this.smtp, '--web', this.web, '--ip', '127.0.0.1', '--mail-directory', this.folder, '--silent'];
    const server = spawn(process.execPath, [maildev, ...flags.map(String)], { stdio: 'ignore' });
    this.exited = new Promise((resolve) => server.on('exit', resolve));
    this.server = server;
    server.unref();
    process.once('exit', () => server.kill('SIGKILL'));
    await until(async () => (await fetch(`${this.url}/healthz`).catch(() => undefined))?.ok, 'maildev answers');
  }

  async stop() {
    this.server.ref();
    this.server.kill('SIGKILL');
    await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async to(address) {
    const letters = await (await fetch(`${this.url}/email`)).json();
    const unix = ({ text, ...letter }) => ({ ...letter, text: text.replaceAll('\r\n', '\n') });
    return letters.filter(({ to }) => to.some((one) => one.address === address)).map(unix);
  }

  /** Waits for so many letters to one address. */
  async letters(address, count) {
    await until(async () => (await this.to(address)).length >= count, `${count} letters to ${address}`);
    const letters = await this.to(address);
    assert.equal(letters.length, count);
    return letters;
  }

  async source({ id }) {
    return (await fetch(`${this.url}/email/${id}/source`)).text();
  }
}

/** A mail server that knows nobody. */
export async function refusing(port) {
  const links = new Set();
  const refuser = { refused: 0 };
  const server = createServer((link) => {
    links.add(link);
    link.on('error', () => {});
    link.write('220 refuser\r\n');
    link.on('data', (said) => {
      for (const line of said.toString().split('\r\n').filter(Boolean)) {
        const word = line.slice(0, 4).toUpperCase();
        if (word === 'RCPT') refuser.refused++;
        link.write({ RCPT: '550 5.1.1 No such user\r\n', QUIT: '221 Bye\r\n' }[word] ?? '250 OK\r\n');
      }
    });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  refuser.stop = () => new Promise((resolve) => {
    server.close(resolve);
    for (const link of links) link.destroy();
  });
  return refuser;
}
