// Screenshots of the main screens, each by itself and all on one sheet: node shots.mjs FOLDER [part of a name]
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Centre, browser } from './lib.mjs';
import { everyPage, look } from './pages.mjs';

const [folder, only = ''] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder: node shots.mjs FOLDER');
mkdirSync(folder, { recursive: true });

const WIDTHS = { desktop: [1440, 900], phone: [390, 844] };
const LOOKS = { light: 'light...', dark: 'dark...', vision: '.150.light.normal' };
/** Those that are worth a look in the dark and in large letters too. */
const MAIN = /^(каталог|программа|заявление с ошибками|вход|кабинет|материал|неверно|вопрос с ответом|результат сдано|сводка)$/;

const centre = await Centre.open();
const chromium = await browser();
const context = () => chromium.newContext({ baseURL: centre.url });
for (const { role, context: person, pages } of await everyPage(centre, context)) {
  const page = await person.newPage();
  for (const { name, open, again } of pages) {
    if (again || !name.includes(only)) continue;
    for (const [look_name, value] of Object.entries(LOOKS)) {
      if (look_name !== 'light' && !MAIN.test(name)) continue;
      await person.addCookies([look(centre, value)]);
      for (const [width_name, [width, height]] of Object.entries(WIDTHS)) {
        await page.setViewportSize({ width, height });
        await open(page);
        await page.evaluate(() => document.fonts.ready);
        const file = `${role} - ${name} - ${width_name} - ${look_name}.png`.replaceAll(' ', '_');
        await page.screenshot({ path: path.join(folder, file), fullPage: true });
      }
    }
  }
}

const shots = readdirSync(folder).filter((file) => file.endsWith('.png') && file !== 'sheet.png').sort();
const sheet = await chromium.newPage({ viewport: { width: 1800, height: 1000 } });
await sheet.goto(pathToFileURL(path.resolve(folder)).href);
const figures = shots.map((file) => `<figure><img src="${encodeURIComponent(file)}"><figcaption>${file.replace('.png', '')}</figcaption></figure>`);
await sheet.setContent(`<base href="${pathToFileURL(path.resolve(folder)).href}/"><style>
  body { margin: 12px; display: flex; flex-wrap: wrap; gap: 12px; font: 12px sans-serif; background: #999 }
  figure { margin: 0; width: 280px } figure:has([src*="phone"]) { width: 140px } figcaption { overflow-wrap: anywhere }
  img { width: 100%; height: 300px; object-fit: cover; object-position: top; background: #fff }
</style>${figures.join('')}`);
await sheet.waitForLoadState('networkidle');
await sheet.screenshot({ path: path.join(folder, 'sheet.png'), fullPage: true });
await chromium.close();
await centre.close();
console.log(`${shots.length} screenshots in ${folder}, all on sheet.png`);
