// The right places on a picture are drawn on it: each drawing is one more line of the field, and the lines stay what is sent. Without a
// pointer they are typed, as without this script.
import { one } from './dom';

type Spot = { x: number; y: number };

const field = document.querySelector<HTMLTextAreaElement>('form.form #lines');
if (field?.form) offer(field, field.form);

function offer(field: HTMLTextAreaElement, form: HTMLFormElement) {
  const file = one<HTMLInputElement>('#file', form);
  const box = document.createElement('div'), over = document.createElement('div'), canvas = document.createElement('canvas');
  const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  drawn.setAttribute('viewBox', '0 0 1000 1000');
  drawn.setAttribute('preserveAspectRatio', 'none');
  const tools = document.createElement('div'), oval = document.createElement('input'), word = document.createElement('label'), undo = document.createElement('button');
  box.className = 'spot drawing';
  over.className = 'over';
  tools.className = 'cluster';
  word.className = 'check';
  Object.assign(oval, { type: 'checkbox' });
  word.append(oval, 'Рисовать овал');
  Object.assign(undo, { type: 'button', className: 'btn', textContent: 'Убрать последнюю область' });
  tools.append(word, undo);
  over.append(canvas, drawn);
  box.append(over, tools);
  box.hidden = true;
  field.before(box);

  /** The picture that is being chosen, or the last one that the question keeps. */
  async function look() {
    const kept = [...form.querySelectorAll<HTMLImageElement>('.entry img.q-pic')].filter(
      (picture) => !picture.closest('.entry')?.querySelector<HTMLInputElement>('[name^="drop-"]')?.checked,
    );
    const chosen = [...(file.files ?? [])].filter(({ type }) => type.startsWith('image/')).pop();
    try {
      const last = kept.pop();
      await last?.decode();
      const picture = chosen ?? last;
      const bitmap = picture && (await createImageBitmap(picture));
      box.hidden = !bitmap;
      if (!bitmap) return;
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    } catch {
      // What is no picture for this browser is not drawn on.
      box.hidden = true;
    }
  }

  const lines = () => field.value.split('\n').map((line) => line.trim()).filter(Boolean);
  function put(all: string[]) {
    field.value = all.join('\n');
    show();
  }

  function show(started?: string) {
    drawn.replaceChildren(...[...lines(), ...(started ? [started] : [])].map(shape).filter((one) => one !== undefined));
    undo.disabled = lines().length === 0;
  }

  let from: Spot | undefined;
  const spot = ({ clientX, clientY }: PointerEvent): Spot => {
    const { left, top, width, height } = over.getBoundingClientRect();
    const within = (n: number) => Math.min(1000, Math.max(0, Math.round(n * 1000)));
    return { x: within((clientX - left) / width), y: within((clientY - top) / height) };
  };
  over.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    over.setPointerCapture(event.pointerId);
    from = spot(event);
  });
  over.addEventListener('pointermove', (event) => from && show(between(from, spot(event), oval.checked)));
  over.addEventListener('pointerup', (event) => {
    const line = from && between(from, spot(event), oval.checked);
    from = undefined;
    if (line) put([...lines(), line]);
    else show();
  });
  over.addEventListener('pointercancel', () => {
    from = undefined;
    show();
  });
  undo.addEventListener('click', () => put(lines().slice(0, -1)));
  field.addEventListener('input', () => show());
  form.addEventListener('change', ({ target }) => {
    if (target === file || (target as HTMLInputElement).name.startsWith('drop-')) void look();
  });
  void look();
  show();
}

/** Narrower than this, in thousandths, a finger has only touched. */
const LEAST = 8;

/** The line of an area between two corners. */
function between(one: Spot, other: Spot, isOval: boolean): string | undefined {
  const [left, right] = [Math.min(one.x, other.x), Math.max(one.x, other.x)], [top, bottom] = [Math.min(one.y, other.y), Math.max(one.y, other.y)];
  if (right - left < LEAST || bottom - top < LEAST) return undefined;
  const half = (from: number, to: number) => Math.round((to - from) / 2);
  return isOval
    ? `овал ${left + half(left, right)} ${top + half(top, bottom)} ${half(left, right)} ${half(top, bottom)}`
    : `прямоугольник ${left} ${top} ${right} ${bottom}`;
}

/** A line as it is drawn; nothing where it is not understood. */
function shape(line: string): SVGElement | undefined {
  const [name, ...words] = line.toLowerCase().split(/\s+/);
  const n = words.map(Number);
  if (n.length < 4 || n.some((number) => !Number.isInteger(number))) return undefined;
  const [a, b, c, d] = n as [number, number, number, number];
  const made = (tag: string, is: Record<string, number | string>) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries({ class: 'area', ...is })) element.setAttribute(key, String(value));
    return element;
  };
  if (name === 'прямоугольник') return made('rect', { x: Math.min(a, c), y: Math.min(b, d), width: Math.abs(c - a), height: Math.abs(d - b) });
  if (name === 'овал') return made('ellipse', { cx: a, cy: b, rx: Math.abs(c), ry: Math.abs(d) });
  if (name === 'контур') return made('polygon', { points: n.join(' ') });
  return undefined;
}
