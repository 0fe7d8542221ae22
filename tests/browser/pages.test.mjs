// Every page of every role: no violations found by axe in any look, nothing wider than a phone, a title, no errors, no
// requests to anyone else. What several of the staff see is looked at in every look once. And the weight of the first load.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Centre, browser } from './lib.mjs';
import { everyPage, look } from './pages.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const LOOKS = [
  { name: 'light', cookie: 'light...', width: 1280 },
  { name: 'dark', cookie: 'dark...', width: 390 },
  { name: 'low vision', cookie: '.100.light.normal', width: 1280 },
  { name: 'low vision, 200 %, wide', cookie: '.200.dark.wide', width: 390 },
];

describe('pages', () => {
  let centre, chromium, roles;
  const context = () => chromium.newContext({ baseURL: centre.url });

  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
    roles = await everyPage(centre, context);
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });

  // Roles go side by side: most of the time a page is waited for.
  test('every page of every role is whole', async () => {
    const pages = roles.reduce((sum, { pages }) => sum + pages.length, 0);
    assert.ok(pages > 80, `${pages} pages: the list has shrunk`);
    const found = (await Promise.all(roles.map((one) => walk(centre, one)))).flat();
    assert.ok(found.length === 0, `\n${found.join('\n')}`);
  });

  test('the first load is light', async () => {
    const page = await (await context()).newPage();
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    let [bytes, scripts] = [0, 0];
    const types = new Map();
    session.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      bytes += encodedDataLength;
      if (types.get(requestId) === 'Script') scripts += encodedDataLength;
    });
    await page.goto('/', { waitUntil: 'networkidle' });
    console.log(`# first load of /: ${kb(bytes)}, of it scripts ${kb(scripts)}`);
    assert.ok(bytes <= 120 * 1024, kb(bytes));
    assert.ok(scripts <= 20 * 1024, kb(scripts));
  });

  test('the island of the attestation is light', async () => {
    const { context, pages } = roles.find(({ role }) => role === 'слушатель сдаёт');
    const page = await context.newPage();
    await pages.find(({ name }) => name === 'вопрос с ответом').open(page);
    const source = await page.request.get(await page.locator('script[src]').getAttribute('src'));
    const size = gzipSync(await source.body(), { level: 9 }).length;
    console.log(`# exam.js: ${kb(size)} gz`);
    assert.ok(size < 8 * 1024, kb(size));
  });
});

const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

/** What is wrong with the pages of one role, a sentence each. */
async function walk(centre, { role, context, pages }) {
  const found = [];
  await context.addInitScript({ path: axe });
  const page = await context.newPage();
  let where = '', expected = 200;
  const say = (what) => found.push(`${role}: ${where}: ${what}`);
  page.on('pageerror', (error) => say(error.message));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // A page that is meant to answer 404 or 422 is not an error of its own.
    if (expected !== 200 && message.text().includes(`status of ${expected}`)) return;
    say(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== centre.url) say(`asks ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && response.status() !== expected) say(`${response.status()} ${response.url()}`);
  });

  for (const { name, open, status = 200, again } of pages) {
    for (const { name: look_name, cookie, width } of again ? LOOKS.slice(0, 1) : LOOKS) {
      where = `${name}, ${look_name}`;
      expected = status;
      await context.addCookies([look(centre, cookie)]);
      await page.setViewportSize({ width, height: 900 });
      const answer = await open(page);
      if (answer.status() !== status) say(`status ${answer.status()}`);
      const { violations } = await page.evaluate((values) => axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'], preload: false }), RULES);
      for (const { id, nodes } of violations) say(`axe ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).slice(0, 3).join('; ')}`);
      await page.setViewportSize({ width: 320, height: 700 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > 320) say(`${wide} px wide on a phone of 320: ${await page.evaluate(widest)}`);
      if (look_name === 'light') {
        const { title, lang } = await page.evaluate(() => ({ title: document.title, lang: document.documentElement.lang }));
        if (!/^\S.* — Меридиан$/.test(title)) say(`title «${title}»`);
        if (lang !== 'ru') say(`lang «${lang}»`);
      }
    }
  }
  await page.close();
  return found;
}

/** What sticks out: for the one who has to mend it. */
function widest() {
  const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > 321);
  return out.slice(0, 4).map((one) => `${one.tagName.toLowerCase()}.${one.className.baseVal ?? one.className}`).join(', ');
}
