// Styles, islands, fonts and icons become hashed files with their compressed twins in $DIST, named by manifest.json.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { build } from 'esbuild';
import { bundle } from 'lightningcss';

const dist = process.env.DIST;
fs.rmSync(dist, { recursive: true, force: true });
fs.mkdirSync(dist, { recursive: true });

const manifest = {};
const put = (name, bytes) => {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const file = name.replace(/(\.\w+)$/, `.${hash}$1`);
  fs.writeFileSync(`${dist}/${file}`, bytes);
  if (!/\.(woff2|webp)$/.test(file)) {
    fs.writeFileSync(`${dist}/${file}.br`, zlib.brotliCompressSync(bytes));
    fs.writeFileSync(`${dist}/${file}.gz`, zlib.gzipSync(bytes, { level: 9 }));
  }
  manifest[name] = file;
  return file;
};

// Fonts: only the subsets that Russian pages use; the browser takes latin-ext where ₽ stands.
const golos = 'node_modules/@fontsource-variable/golos-text';
const serif = 'node_modules/@fontsource/pt-serif';
const ranges = JSON.parse(fs.readFileSync(`${golos}/unicode.json`));
const face = (family, weight, style, file, range) =>
  `@font-face{font-family:"${family}";font-display:swap;font-weight:${weight};font-style:${style};` +
  `src:url(${file}) format("woff2");unicode-range:${range}}`;
let fonts = '';
for (const subset of ['cyrillic', 'latin', 'latin-ext']) {
  const file = put(`golos-${subset}.woff2`, fs.readFileSync(`${golos}/files/golos-text-${subset}-wght-normal.woff2`));
  fonts += face('Golos Text Variable', '400 900', 'normal', file, ranges[subset]);
}
for (const subset of ['cyrillic', 'latin']) {
  for (const [weight, style] of [[400, 'normal'], [700, 'normal'], [400, 'italic']]) {
    const name = `pt-serif-${subset}-${weight}-${style}.woff2`;
    fonts += face('PT Serif', weight, style, put(name, fs.readFileSync(`${serif}/files/${name}`)), ranges[subset]);
  }
}
fs.writeFileSync('css/fonts.css', fonts);

// Styles: for Chrome 109, Firefox 115, Safari 15.6.
const version = (major, minor = 0) => (major << 16) | (minor << 8);
const targets = { chrome: version(109), firefox: version(115), safari: version(15, 6), ios_saf: version(15, 6) };
const { code, warnings } = bundle({ filename: 'css/app.css', minify: true, targets });
for (const warning of warnings) console.warn(warning.message);
put('app.css', Buffer.from(code));

// Islands: each improves a page that already works without it.
const islands = fs.readdirSync('islands').filter((file) => file.endsWith('.ts')).map((file) => `islands/${file}`);
const built = await build({
  entryPoints: islands,
  bundle: true,
  format: 'esm',
  minify: true,
  target: ['chrome109', 'firefox115', 'safari15.6'],
  outdir: 'out',
  write: false,
});
for (const file of built.outputFiles) put(file.path.split('/').pop(), Buffer.from(file.contents));

// Icons: one sprite of those that pages name.
const icons = fs.readFileSync('icons.txt', 'utf8').split('\n').filter(Boolean);
const symbol = (name) => {
  const svg = fs.readFileSync(`node_modules/lucide-static/icons/${name}.svg`, 'utf8').replace(/<!--.*?-->/s, '');
  const inside = svg.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '').replace(/\s+/g, ' ').trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${inside}</symbol>`;
};
put('icons.svg', Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${icons.map(symbol).join('')}</svg>`));
put('favicon.svg', fs.readFileSync('favicon.svg'));

// Pictures of the instructions (tests/browser/pictures.mjs makes them).
for (const file of fs.readdirSync('pictures')) put(file, fs.readFileSync(`pictures/${file}`));

fs.writeFileSync(`${dist}/manifest.json`, JSON.stringify(manifest, null, 1));
