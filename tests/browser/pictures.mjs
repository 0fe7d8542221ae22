// Pictures of the instructions: real screens of the demonstration, for web/pictures: node pictures.mjs
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Centre, browser } from './lib.mjs';
import { everyPage, look } from './pages.mjs';

const FOLDER = path.resolve(import.meta.dirname, '../../web/pictures');
const PHONE = [390, 700], DESK = [1120, 700];
/** Role and page, as pages.mjs calls them, and the picture that shows it. */
const PICTURES = {
  'посетитель: программа': ['programme', PHONE],
  'слушатель учится: кабинет': ['cabinet', PHONE],
  'слушатель учится: материал': ['material', PHONE],
  'слушатель учится: верно': ['training', PHONE],
  'слушатель сдаёт: вопрос с ответом': ['attestation', PHONE],
  'слушатель сдал: документы': ['papers', PHONE],
  'методист: заявления': ['applications', DESK],
  'методист: карточка слушателя': ['learner', DESK],
  'методист: группы, 2': ['group', DESK],
  'методист: список группы': ['list', DESK],
  'методист: редактор программы': ['editor', DESK],
  'методист: вопрос в редакторе': ['question', DESK],
  'руководитель: сводка': ['overview', DESK],
  'руководитель: на подпись': ['signing', DESK],
  'руководитель: данные центра': ['centre', DESK],
  'преподаватель: банк вопросов': ['questions', DESK],
  'преподаватель: занятия': ['meetings', DESK],
  'администратор: сотрудники': ['people', DESK],
  'администратор: письма и задания': ['workings', DESK],
  'администратор: журнал': ['journal', DESK],
  'заказчик: ваши группы, 1': ['company', DESK],
  'заказчик: запрос заказчика': ['request', DESK],
};

mkdirSync(FOLDER, { recursive: true });
for (const old of readdirSync(FOLDER)) rmSync(path.join(FOLDER, old));
const missing = new Set(Object.keys(PICTURES));
const centre = await Centre.open();
const chromium = await browser();
for (const { role, context, pages } of await everyPage(centre, () => chromium.newContext({ baseURL: centre.url }))) {
  const page = await context.newPage();
  await context.addCookies([look(centre, 'light...')]);
  const devtools = await context.newCDPSession(page);
  for (const { name, open } of pages) {
    const picture = PICTURES[`${role}: ${name}`];
    if (!picture || !missing.delete(`${role}: ${name}`)) continue;
    const [file, [width, height]] = picture;
    await page.setViewportSize({ width, height });
    await open(page);
    await page.evaluate(() => document.querySelector('.demo-bar')?.remove());
    await page.evaluate(() => document.fonts.ready);
    const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 60 });
    writeFileSync(path.join(FOLDER, `${file}.webp`), Buffer.from(data, 'base64'));
  }
}
await chromium.close();
await centre.close();
if (missing.size) throw new Error(`Not found among the pages: ${[...missing].join('; ')}`);
