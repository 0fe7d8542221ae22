// The fields of a question, as `questions::form` writes them: the answer they hold, and quicker ways to fill them in.

/** Places of options, words of fields, or the parts of a case. */
export type Answer = number[] | string[] | Answer[];

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const fields = (form: HTMLFormElement) => [...form.elements] as Field[];

/** What the form holds now: the same that the server would read from it. */
export function answer(form: HTMLFormElement, prefix = ''): Answer {
  const all = fields(form);
  const numbered = <T>(mark: string, one: (n: number) => T): T[] => {
    const found: T[] = [];
    for (let n = 0; all.some((field) => field.name.startsWith(`${prefix}${mark.replace('#', String(n))}`)); n++) found.push(one(n));
    return found;
  };
  const parts = numbered('p#-', (n) => answer(form, `${prefix}p${n}-`));
  if (parts.length > 0) return parts;
  const typed = all.filter((field) => field.name.match(/f\d+$/) && field.name.replace(/f\d+$/, '') === prefix);
  if (typed.length > 0) {
    return typed.sort((one, other) => place(one) - place(other)).map((field) => field.value.trim());
  }
  const ticked = all.filter((field) => field.name === `${prefix}option` && (field as HTMLInputElement).checked);
  return ticked.map((field) => Number(field.value));
}

/** Puts an answer into the fields: the way back. */
export function fill(form: HTMLFormElement, given: Answer, prefix = '') {
  given.forEach((one, n) => {
    if (Array.isArray(one)) fill(form, one, `${prefix}p${n}-`);
    else if (typeof one === 'string') {
      const field = fields(form).find((field) => field.name === `${prefix}f${n}`);
      if (field) field.value = one;
    }
  });
  if (given.every((one) => typeof one === 'number')) {
    for (const field of fields(form) as HTMLInputElement[]) {
      if (field.name === `${prefix}option`) field.checked = (given as number[]).includes(Number(field.value));
    }
  }
}

const place = (field: Field) => Number(field.name.match(/\d+$/)?.[0] ?? 0);

/** Nothing is chosen and nothing is typed. */
export const isEmpty = (answer: Answer): boolean =>
  answer.every((one) => (typeof one === 'string' ? one === '' : typeof one === 'number' ? false : isEmpty(one)));

const changed = (field: Element) => field.dispatchEvent(new Event('change', { bubbles: true }));

// ---- order: rows that move ------------------------------------------------------------------------------------------

/** Rows stand as they are placed; a button moves a row by one. The lists stay what is sent. */
function rank(list: HTMLElement) {
  const rows = [...list.children] as HTMLElement[];
  const select = (row: HTMLElement) => row.querySelector('select') as HTMLSelectElement;
  const standing = () => [...list.children] as HTMLElement[];

  /** Everybody's place is where it stands. */
  function settle() {
    standing().forEach((row, place) => (select(row).value = String(place)));
    const first = standing()[0];
    if (first) changed(select(first));
  }

  function arrange() {
    const by = (row: HTMLElement) => (select(row).value === '' ? rows.length : Number(select(row).value));
    list.append(...standing().sort((one, other) => by(one) - by(other)));
  }

  function move(row: HTMLElement, by: -1 | 1, button: HTMLElement) {
    const beside = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!beside) return;
    if (by < 0) beside.before(row);
    else beside.after(row);
    settle();
    button.focus();
  }

  for (const row of rows) {
    const buttons = document.createElement('span');
    buttons.className = 'moves';
    for (const [by, words, sign] of [[-1, 'Выше', '↑'], [1, 'Ниже', '↓']] as const) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn';
      button.textContent = sign;
      button.setAttribute('aria-label', `${words}: ${row.querySelector('.what')?.textContent?.trim().slice(0, 60) ?? ''}`);
      button.addEventListener('click', () => move(row, by, button));
      buttons.append(button);
    }
    row.append(buttons);
    select(row).addEventListener('change', (event) => {
      if (event.isTrusted) {
        // Two cannot stand in one place: whoever stood there takes the place that was left.
        const taken = rows.filter((other) => other !== row && select(other).value === select(row).value);
        const free = rows.map((_, n) => String(n)).filter((n) => !rows.some((one) => select(one).value === n));
        taken.forEach((other, n) => (select(other).value = free[n] ?? ''));
        arrange();
        select(row).focus();
      }
    });
  }
  // Standing rightly already, the rows are an answer only once somebody says so.
  const agree = document.createElement('button');
  agree.type = 'button';
  agree.className = 'btn';
  agree.textContent = 'Порядок верный';
  agree.addEventListener('click', settle);
  list.after(agree);
  list.closest('form')?.addEventListener('filled', arrange);
  arrange();
}

// ---- a place on a picture -------------------------------------------------------------------------------------------

/** A click, a tap or the arrow keys put the cross; the two fields stay what is sent. */
function point(box: HTMLElement) {
  const over = box.querySelector('.over') as HTMLElement, cross = box.querySelector('.cross') as SVGGElement;
  const [x, y] = [...box.querySelectorAll('input')];
  if (!x || !y) return;

  function draw() {
    const there = x!.value !== '' && y!.value !== '';
    cross.innerHTML = '';
    if (!there) return;
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', `M${x!.value} ${Number(y!.value) - 40}v80M${Number(x!.value) - 40} ${y!.value}h80`);
    cross.append(path);
  }

  const within = (n: number) => String(Math.min(1000, Math.max(0, Math.round(n))));
  function put(left: number, top: number) {
    [x!.value, y!.value] = [within(left), within(top)];
    draw();
    changed(x!);
  }

  over.tabIndex = 0;
  over.setAttribute('role', 'application');
  over.setAttribute('aria-label', 'Картинка: стрелками двигают крест');
  over.addEventListener('click', (event) => {
    const { left, top, width, height } = over.getBoundingClientRect();
    put(((event.clientX - left) / width) * 1000, ((event.clientY - top) / height) * 1000);
  });
  const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  over.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const [by, from] = [event.shiftKey ? 50 : 10, (field: HTMLInputElement) => (field.value === '' ? 500 : Number(field.value))];
    put(from(x!) + step[0] * by, from(y!) + step[1] * by);
  });
  for (const field of [x, y]) field.addEventListener('input', draw);
  box.closest('form')?.addEventListener('filled', draw);
  draw();
}

document.querySelectorAll<HTMLElement>('[data-order]').forEach(rank);
document.querySelectorAll<HTMLElement>('[data-spot]').forEach(point);
