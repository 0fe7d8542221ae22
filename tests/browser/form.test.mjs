// The island of forms: numbers, telephones and dates are written as they are written, and wrong digits are named at once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Centre, browser } from './lib.mjs';

describe('the form of an application', () => {
  let centre, chromium, page;
  before(async () => {
    centre = await Centre.open();
    chromium = await browser();
    page = await (await chromium.newContext()).newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(`${centre.url}/programmes/labour-16/application`);
  });
  after(async () => {
    await chromium?.close();
    await centre?.close();
  });
  const typed = async (label, text) => {
    const field = page.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press('Tab');
    return field.inputValue();
  };

  test('what is typed is written as it is written', async () => {
    for (const [label, text, written] of [
      ['СНИЛС', '11223344595', '112-233-445 95'],
      ['СНИЛС', '112 233 445-95', '112-233-445 95'],
      ['Телефон', '8 (920) 1234567', '+7 920 123-45-67'],
      ['Телефон', '9201234567', '+7 920 123-45-67'],
      ['Телефон', '+375 29 1234567', '+375 29 1234567'],
      ['Дата рождения', '5.3.1984', '05.03.1984'],
      ['Дата рождения', '05031984', '05.03.1984'],
      ['Дата рождения', 'весной', 'весной'],
      ['ИНН организации', '7707 083 893', '7707083893'],
    ]) {
      assert.equal(await typed(label, text), written, `${label}: ${text}`);
    }
  });

  test('digits that do not fit together are named at once, and no more when they do', async () => {
    const said = page.getByText('Контрольное число не сходится');
    for (const [label, wrong, right] of [['СНИЛС', '11223344596', '11223344595'], ['ИНН организации', '7707083894', '500100732259']]) {
      await typed(label, wrong);
      assert.equal(await said.count(), 1, label);
      await typed(label, right);
      assert.equal(await said.count(), 0, label);
    }
    await typed('СНИЛС', '');
    assert.equal(await said.count(), 0, 'nothing typed is nothing wrong');
  });
});
