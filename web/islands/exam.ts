// The island of the attestation: shows the time and keeps each choice at once. Without it the page's own forms do the same.

import { type Answer, answer, isEmpty } from './task';

/** One step on its way to the server; its key stays the same however often it is sent. */
interface Step {
  key: string;
  seat: number;
  /** In the places shown. */
  answer?: Answer;
  flag?: boolean;
}

/** What the server says once it has the step on disk. */
interface Kept {
  at: string;
  left: number | null;
}

/** Why there is no such answer: a status of HTTP, or one of these. */
const SIGNED_OUT = 0, NO_LINK = -1, OVER = 409;

const all = <T extends Element>(selector: string) => [...document.querySelectorAll<T>(selector)];

function one<T extends Element>(selector: string, from: ParentNode = document): T {
  const found = from.querySelector<T>(selector);
  if (!found) throw new Error(`no ${selector} on the page`);
  return found;
}

function draw(icon: string, within: Element) {
  const use = one('use', within);
  use.setAttribute('href', (use.getAttribute('href') ?? '').replace(/#.*/, `#${icon}`));
}

const announce = (words: string) => (one('#announce').textContent = words);

// ---- time ----------------------------------------------------------------------------------------------------------

/** Shows how much time is left, by the server's count; gives the function that sets the count right. */
function clock(left: number, over: () => void): (left: number) => void {
  const box = one('#timer'), shown = one<HTMLTimeElement>('time', box), toggle = one('button', box);
  // Counted from the moment the server's answer came, not from the moment this script was ready.
  const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  let deadline = (page?.responseStart ?? 0) + left * 1000;
  let offset = Date.now() - performance.now();
  let hidden = sessionStorage.getItem('timer') === 'hidden';

  function show() {
    const now = Math.max(0, Math.ceil((deadline - performance.now()) / 1000));
    for (const minutes of [10, 5, 1]) {
      if (left > minutes * 60 && now <= minutes * 60) announce(`Осталось ${minutes} ${minutes === 1 ? 'минута' : 'минут'}`);
    }
    left = now;
    const words = [Math.floor(left / 60), left % 60].map((n) => String(n).padStart(2, '0')).join(':');
    shown.textContent = hidden ? 'Таймер скрыт' : words;
    shown.dateTime = `PT${left}S`;
    box.classList.toggle('soon', left < 300);
  }

  function hide() {
    const words = hidden ? 'Показать таймер' : 'Скрыть таймер';
    toggle.setAttribute('aria-label', words);
    toggle.setAttribute('title', words);
    draw(hidden ? 'eye' : 'eye-off', toggle);
    box.classList.toggle('hid', hidden);
    show();
  }

  function tick() {
    // While a computer sleeps its own clock goes on, the page's may stand still.
    const slept = Date.now() - performance.now() - offset;
    if (Math.abs(slept) > 3000) {
      offset += slept;
      deadline -= Math.max(0, slept);
    }
    show();
    // A second late rather than early: the server closes the attempt, and it must have come to that.
    if (performance.now() > deadline + 1000 && navigator.onLine) over();
  }

  toggle.addEventListener('click', () => {
    hidden = !hidden;
    sessionStorage.setItem('timer', hidden ? 'hidden' : 'shown');
    hide();
  });
  toggle.removeAttribute('hidden');
  hide();
  setInterval(tick, 1000);
  return (left) => {
    deadline = performance.now() + left * 1000;
    show();
  };
}

// ---- keeping -------------------------------------------------------------------------------------------------------

/** `crypto.randomUUID` wants HTTPS; a demonstration in a local network has none. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const fixed = bytes.map((byte, n) => (n === 6 ? (byte & 15) | 64 : n === 8 ? (byte & 63) | 128 : byte));
  const hex = [...fixed].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * One queue, one request under way. A step that has been sent once is sent again under its own key until the server
 * answers: only then is it certain that it will not come after a newer one. Steps not sent yet give way to newer ones.
 */
class Queue {
  private steps: Step[] = [];
  private sent?: Step;
  private busy = false;
  private tries = 0;
  private timer = 0;

  constructor(
    private address: string,
    private kept: (step: Step, kept: Kept) => void,
    private failed: (why: number, steps: Step[]) => void,
  ) {
    addEventListener('online', () => this.send());
  }

  get isEmpty() {
    return this.steps.length === 0;
  }

  push(step: Step) {
    const sameKind = (other: Step) => (other.answer === undefined) === (step.answer === undefined);
    this.steps = [...this.steps.filter((other) => other === this.sent || !sameKind(other)), step];
    this.send();
  }

  /** Sends what waits, now. */
  send() {
    if (!this.busy) void this.sendAll();
  }

  private async sendAll() {
    clearTimeout(this.timer);
    this.busy = true;
    for (let step; (step = this.steps[0]); ) {
      this.sent = step;
      const answer = await this.post(step);
      if (typeof answer === 'number') {
        this.timer = setTimeout(() => this.send(), Math.min(15_000, 1000 * 2 ** this.tries++));
        this.failed(answer, this.steps);
        break;
      }
      this.tries = 0;
      this.steps.shift();
      this.kept(step, answer);
    }
    this.busy = false;
  }

  private async post(step: Step): Promise<Kept | number> {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), 15_000);
    try {
      const answer = await fetch(this.address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(step),
        redirect: 'manual',
        keepalive: true,
        signal: stop.signal,
      });
      return answer.ok ? ((await answer.json()) as Kept) : answer.status;
    } catch {
      return NO_LINK;
    } finally {
      clearTimeout(limit);
    }
  }
}

/** Fields that are typed into. */
const TYPED = '.q :is(input:not([type="radio"], [type="checkbox"], [type="hidden"]), textarea)';

// ---- the question --------------------------------------------------------------------------------------------------

/** What the bar under the header says of an answer that is not kept yet. */
function reason(why: number): string {
  if (why === SIGNED_OUT) return 'Вы вышли из системы. Войдите в соседней вкладке: ответ ждёт здесь и уйдёт сам.';
  if (why >= 400 && why < 500) return 'Ответ не принят. Запомните его, обновите страницу и выберите ещё раз.';
  return 'Нет связи. Ответ останется на этой странице и уйдёт, когда связь вернётся.';
}

function begin(exam: HTMLElement) {
  const attempt = `/attempts/${exam.dataset.attempt}`;
  const seat = Number(exam.dataset.seat);
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    location.assign(attempt);
  };
  const setClock = clock(Number(exam.dataset.left), end);

  const form = exam.querySelector<HTMLFormElement>('.q form');
  if (!form) return;
  const options = all<HTMLInputElement>('.opt input'), flag = one('.flag');
  const save = one<HTMLElement>('.save'), bar = one<HTMLElement>('.offline');
  const link = one('.map [aria-current]'), line = one<HTMLProgressElement>('.line');
  /** Where the person wants to go, once everything is kept. */
  let onward = '';

  function say(state: 'ok' | 'saving' | 'offline', words: string) {
    save.dataset.state = state;
    one('span', save).textContent = words;
    draw(state === 'offline' ? 'cloud-off' : 'cloud-check', save);
  }

  /** Shows on the map what the server has. */
  function mark({ answer, flag }: Step) {
    if (answer) link.classList.toggle('ans', !isEmpty(answer));
    else link.classList.toggle('flg', flag);
    const is = (name: string, words: string) => (link.classList.contains(name) ? words : '');
    link.setAttribute('aria-label', `Вопрос ${seat + 1}${is('ans', ', ответ дан') || ', нет ответа'}${is('flg', ', отмечен')}`);
    line.value = all('.map a.ans').length;
    const words = `Ответов: ${line.value} из ${line.max}`;
    line.setAttribute('aria-label', words);
    one('#mh').textContent = words;
  }

  const queue = new Queue(
    `${attempt}/answers`,
    (step, { at, left }) => {
      bar.hidden = true;
      mark(step);
      if (left !== null) setClock(left);
      if (!queue.isEmpty) return;
      say('ok', `Сохранено в ${at}`);
      if (onward) location.assign(onward);
    },
    (why, steps) => {
      if (why === OVER) return end();
      const words = reason(why);
      one('span', bar).textContent = words;
      bar.hidden = false;
      say('offline', steps.some((step) => step.answer) ? '1 ответ не отправлен' : 'Отметка не отправлена');
      // Whoever wanted to go on stays with the answer, and hears why.
      if (onward) announce(words);
      onward = '';
    },
  );

  function keep(step: Pick<Step, 'answer' | 'flag'>) {
    if (bar.hidden) say('saving', 'Сохраняем…');
    queue.push({ key: uuid(), seat, ...step });
  }

  /** What is being typed is kept once the fingers rest. */
  let typing = 0;
  function choose() {
    clearTimeout(typing);
    typing = 0;
    keep({ answer: answer(form!) });
  }

  /** All is kept before the page goes, so the form need not carry anything, least of all something stale. */
  function leave(address: string) {
    if (typing) choose();
    if (queue.isEmpty) return location.assign(address);
    onward = address;
    queue.send();
  }

  form.addEventListener('change', choose);
  form.addEventListener('input', (event) => {
    if (!(event.target as Element).matches(TYPED)) return;
    clearTimeout(typing);
    typing = setTimeout(choose, 700);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const address = event.submitter?.dataset.to;
    if (address) leave(address);
  });
  flag.addEventListener('click', (event) => {
    event.preventDefault();
    const on = flag.getAttribute('aria-pressed') !== 'true';
    flag.setAttribute('aria-pressed', String(on));
    keep({ flag: on });
  });
  for (const link of all<HTMLAnchorElement>('.map a')) {
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      leave(link.href);
    });
  }
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const types = (event.target as Element).closest(TYPED);
    const option = !types && !form.querySelector('.part') && /^[1-9]$/.test(event.key) && options[Number(event.key) - 1];
    if (option) {
      option.focus();
      option.click();
    } else if (event.key === 'Enter' && !(event.target as Element).closest('a, button, summary, select, textarea')) {
      event.preventDefault();
      one<HTMLButtonElement>('.qnav .primary').click();
    }
  });
  addEventListener('beforeunload', (event) => {
    if (typing) choose();
    if (queue.isEmpty || over) return;
    event.preventDefault();
    event.returnValue = true; // for browsers older than 2024
  });
  // Chosen before this script was ready.
  const typed = all<HTMLInputElement | HTMLTextAreaElement>(TYPED).some((field) => field.value !== field.defaultValue);
  const picked = all<HTMLOptionElement>('.q option').some((option) => option.selected !== option.defaultSelected && option.value !== '');
  if (typed || picked || options.some((option) => option.checked !== option.defaultChecked)) choose();
}

const exam = document.querySelector<HTMLElement>('.exam');
if (exam) begin(exam);
// Brought back by «Назад» from the browser's memory, the page may show what is no longer so.
addEventListener('pageshow', (event) => event.persisted && location.reload());
