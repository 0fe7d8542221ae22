// A table as a centre sends it: rows of text as an xlsx file.
import { crc32 } from 'node:zlib';

/** Rows of text as an xlsx file of one sheet. */
export function table(rows) {
  const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const cells = (row) => row.map((text) => `<c t="inlineStr"><is><t>${escaped(text)}</t></is></c>`).join('');
  const schemas = 'http://schemas.openxmlformats.org', type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const main = `${schemas}/spreadsheetml/2006/main`, parts = `${schemas}/package/2006`, office = `${schemas}/officeDocument/2006/relationships`;
  const relation = (what, target) => `<Relationships xmlns="${parts}/relationships"><Relationship Id="r1" Type="${office}/${what}" Target="${target}"/></Relationships>`;
  return zip({
    '[Content_Types].xml': `<Types xmlns="${parts}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/></Types>`,
    '_rels/.rels': relation('officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Список" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relation('worksheet', 'worksheets/sheet1.xml'),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${rows.map((row) => `<row>${cells(row)}</row>`).join('')}</sheetData></worksheet>`,
  });
}

/** Files, each stored as it is, in one archive. */
function zip(files) {
  const [locals, entries] = [[], []];
  let offset = 0;
  for (const [file, text] of Object.entries(files)) {
    const [name, data] = [Buffer.from(file), Buffer.from(text)];
    const about = Buffer.alloc(26); // what both headers share: versions, flags, method, time, sum, sizes, lengths
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(0x21, 8);
    about.writeUInt32LE(crc32(data), 10);
    about.writeUInt32LE(data.length, 14);
    about.writeUInt32LE(data.length, 18);
    about.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    locals.push(Buffer.from('PK\x03\x04'), about, name, data);
    entries.push(Buffer.from('PK\x01\x02\x14\x00'), about, place, name);
    offset += 30 + name.length + data.length;
  }
  const [body, list, end] = [Buffer.concat(locals), Buffer.concat(entries), Buffer.alloc(18)];
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(body.length, 12);
  return Buffer.concat([body, list, Buffer.from('PK\x05\x06'), end]);
}
