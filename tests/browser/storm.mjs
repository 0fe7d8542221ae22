// A learner in a bad place: the connection comes and goes, the server is killed, pages are reloaded and left. What a page showed as chosen
// last is what the server has in the end. By hand: `node --test storm.mjs`; STORM names the draw, STEPS how many things happen.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Centre, browser, go, signIn } from './lib.mjs';

const QUESTIONS = 12;
const STEPS = Number(process.env.STEPS ?? 60);

/** Numbers that look random and are the same for the same seed (mulberry32). */
function draw(seed) {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

describe('a learner in a storm', () => {
  let centre, chromium;
  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
    centre.allowDevices();
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });

  test('ends with what the page showed last', async (t) => {
    const seed = Number(process.env.STORM ?? Date.now() % 100_000), below = draw(seed);
    t.diagnostic(`STORM=${seed}`);
    const context = await chromium.newContext();
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await signIn(page, centre, 'gleb@example.ru');
    await go(page.getByRole('link', { name: 'К аттестации' }));
    await go(page.getByRole('button', { name: 'Начать аттестацию' }));
    const attempt = page.url().replace(/\/questions.*/, '');
    for (let tries = 0; tries < 300; tries++) {
      const pages = await page.evaluate(async () => {
        const ours = (await caches.keys()).find((name) => name.startsWith('kafedra-attempt-'));
        return ours ? (await (await caches.open(ours)).keys()).filter((one) => one.url.includes('/questions/')).length : 0;
      });
      if (pages === QUESTIONS) break;
      await page.waitForTimeout(100);
    }

    /** What was chosen last, by question. */
    const last = new Map(), done = [];
    let at = 1, isUp = true, isOffline = false;
    const told = () => `STORM=${seed}: ${done.join(', ')}`;
    const chosen = (page) => page.locator('.opt input').evaluateAll((all) => all.flatMap((box, place) => (box.checked ? [place] : [])));
    const stands = async () => {
      await page.waitForURL(new RegExp(`/questions/${at}$`)).catch(() => assert.fail(`not at question ${at} but at ${page.url()}; ${told()}`));
      await page.locator('.opt').first().waitFor();
    };
    const acts = {
      async choose() {
        const options = page.locator('.opt');
        await options.nth(below(await options.count())).click();
        last.set(at, await chosen(page));
        if (below(3)) await page.waitForTimeout(below(400));
      },
      async onward() {
        if (at === QUESTIONS) return;
        await page.getByRole('button', { name: 'Далее' }).click();
        at++;
        await stands();
      },
      async jump() {
        at = 1 + below(QUESTIONS);
        await page.locator('.map ol a').nth(at - 1).click();
        await stands();
      },
      async reload() {
        await page.reload();
        await stands();
      },
      async connection() {
        await context.setOffline((isOffline = !isOffline));
      },
      async server() {
        if (isUp) await centre.kill();
        else await centre.start();
        isUp = !isUp;
      },
      async look() {
        const expected = last.get(at) ?? [];
        for (let tries = 0; tries < 50; tries++) {
          if (String(await chosen(page)) === String(expected)) return;
          await page.waitForTimeout(100);
        }
        assert.deepEqual(await chosen(page), expected, `question ${at} does not show what was chosen; ${told()}`);
      },
    };
    const often = ['choose', 'choose', 'choose', 'onward', 'onward', 'jump', 'reload', 'connection', 'server', 'look', 'look'];
    for (let step = 0; step < STEPS; step++) {
      const act = often[below(often.length)];
      done.push(`${act}@${at}`);
      await acts[act]();
    }

    await context.setOffline(false);
    if (!isUp) await centre.start();
    await page.goto(`${attempt}/questions/1`);
    for (let tries = 0; ; tries++) {
      const waits = await page.evaluate(async () => {
        const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
        return asked((await asked(indexedDB.open('kafedra'))).transaction('steps').objectStore('steps').count());
      });
      if (waits === 0) break;
      assert.ok(tries < 300, `${waits} steps do not leave the device; ${told()}`);
      await page.waitForTimeout(200);
    }
    const other = await (await chromium.newContext({ serviceWorkers: 'block', storageState: await context.storageState() })).newPage();
    for (const [n, answer] of last) {
      await other.goto(`${attempt}/questions/${n}`);
      assert.deepEqual(await chosen(other), answer, `question ${n}; ${told()}`);
    }
  });
});
