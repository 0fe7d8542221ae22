// The island of the attestation: shows the time and keeps each choice at once. Without it the page's own forms do the same.
import { arrived, clock, countdown } from './clock';
import { all, announce, draw, one } from './dom';
import { type Step, type Word, NO_LINK, OVER, PAUSED, SIGNED_OUT, flush, forget, given, hear, heard, now, passed, soon, waiting } from './outbox';
import { Queue, uuid } from './queue';
import { answer, fill, isEmpty } from './task';

/** What the server says of the attempt unasked. */
interface State {
  left: number | null;
  /** Of questions one after another: the open one, from 0, and its own seconds. */
  seat: number | null;
  seat_left: number | null;
  paused: boolean;
  over: boolean;
  token: string | null;
  /** Of the duty, the first first. */
  messages: { id: string; text: string }[];
}

/** Fields that are typed into. */
const TYPED = '.q :is(input:not([type="radio"], [type="checkbox"], [type="hidden"]), textarea)';

const unsent = (answers: number) => {
  const few = answers % 10 > 1 && answers % 10 < 5 && Math.floor(answers / 10) !== 1;
  return answers % 10 === 1 && answers !== 11 ? `${answers} ответ не отправлен` : `${answers} ${few ? 'ответа' : 'ответов'} не отправлено`;
};

// ---- the question --------------------------------------------------------------------------------------------------

/** What the bar under the header says of an answer that is not kept yet. */
function reason(why: number): string {
  if (why === SIGNED_OUT) return 'Вы вышли из системы. Войдите в соседней вкладке: ответ ждёт на этом устройстве и уйдёт сам.';
  if (why === PAUSED) return 'Дежурный остановил время. Ответ лежит на этом устройстве и уйдёт, когда время пойдёт дальше.';
  if (why >= 400 && why < 500) return 'Ответ не принят. Запомните его, обновите страницу и выберите ещё раз.';
  return 'Нет связи. Ответ лежит на этом устройстве и уйдёт сам, когда связь вернётся.';
}

function begin(exam: HTMLElement) {
  const id = exam.dataset.attempt ?? '';
  const attempt = `/attempts/${id}`, completion = `${attempt}/completion`;
  const seat = Number(exam.dataset.seat);
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    location.assign(attempt);
  };
  const setClock = clock(Number(exam.dataset.left), end);
  if (exam.querySelector<HTMLElement>('#paused')?.hidden === false) setClock(Number(exam.dataset.left), true);
  /** The server's word by which choices are timed: this page's own, unless the page comes from the device, where its word is an old one. */
  let word: Word | undefined;
  const own = exam.dataset.token, isKept = exam.dataset.kept !== undefined;
  if (own && !isKept) {
    const mono = arrived(), origin = performance.timeOrigin;
    word = { attempt: id, token: own, left: Number(exam.dataset.left), since: { wall: origin + mono, mono, origin } };
  }
  const issued = (token = '') => Number(token.split('.')[0]);
  const ahead = ({ token, since }: Word) => issued(token) - since.mono;
  const listen = (token: string | null | undefined, left: number) => {
    if (!token) return;
    const next = { attempt: id, token, left, since: now() };
    // The one that was on its way for the least: by a slower one a later choice would seem the earlier.
    if (word?.since.origin !== next.since.origin || ahead(next) > ahead(word)) word = next;
    // Pages from the device go by the same word; what is left is told by the newest.
    void hear({ ...word, left: left + (next.since.mono - word.since.mono) / 1000 });
  };

  const form = exam.querySelector<HTMLFormElement>('.q form');
  if (!form) {
    // Whoever is about to finish is on the line too.
    const source = new EventSource(`${attempt}/events`);
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const { left, paused, over } = JSON.parse(data) as State;
      if (left !== null) setClock(left, paused);
      if (over) end();
    });
    addEventListener('pagehide', () => source.close());
    return void deliver(id);
  }
  const options = all<HTMLInputElement>('.opt input'), flag = exam.querySelector('.flag');
  const oneByOne = exam.dataset.oneByOne !== undefined;
  const save = one<HTMLElement>('.save'), bar = one<HTMLElement>('.offline');
  const line = one<HTMLProgressElement>('.line');
  const offline = exam.dataset.pages !== undefined;
  /** Where the person wants to go, once everything is kept. */
  let onward = '';
  /** This page itself goes to another one. */
  let leaving = false;
  /** Another question is open than that of this page. */
  let elsewhere = false;

  function say(state: 'ok' | 'saving' | 'offline', words: string) {
    save.dataset.state = state;
    one('span', save).textContent = words;
    draw(state === 'offline' ? 'cloud-off' : 'cloud-check', save);
  }

  /** Shows on the map what the server, or at least the device, has. */
  function mark({ seat, answer, flag }: Omit<Step, 'key'>) {
    const link = all('.map ol a')[seat];
    if (!link) return;
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
    id,
    () => word,
    (step, { at, left, token }) => {
      bar.hidden = true;
      mark(step);
      if (left !== null) {
        setClock(left, !one<HTMLElement>('#paused').hidden);
        listen(token, left);
      }
      if (!queue.isEmpty) return;
      say('ok', `Сохранено в ${at}`);
      if (onward) void go(onward);
      onward = '';
    },
    (why, steps) => {
      if (why === OVER) return end();
      void later();
      const words = reason(why), address = onward;
      onward = '';
      one('span', bar).textContent = words;
      bar.hidden = false;
      for (const step of steps) mark(step);
      const answers = steps.filter((step) => step.answer).length;
      say('offline', answers > 0 ? unsent(answers) : 'Отметка не отправлена');
      if (address) void goOffline(address, why === NO_LINK, words);
    },
  );

  function keep(step: Pick<Step, 'answer' | 'flag'>) {
    if (bar.hidden) say('saving', 'Сохраняем…');
    queue.push({ key: uuid(), seat, ...step });
  }

  /** What is being typed is kept once the fingers rest. */
  let typing = 0, chose = false;
  function choose() {
    chose = true;
    clearTimeout(typing);
    typing = 0;
    keep({ answer: answer(form!) });
  }

  /** Goes where a page leads; from a question that is not come back to only by the form, whose turn the server keeps. */
  async function go(address: string) {
    leaving = true;
    if (!oneByOne || new URL(address, location.href).pathname === completion) return location.assign(address);
    try {
      const answer = await soon((signal) => fetch(form!.action, { method: 'POST', body: new URLSearchParams(turn()), signal }));
      if (answer.ok) return location.assign(answer.url);
    } catch {
      // Said below.
    }
    leaving = false;
    // The turn came through, and its answer did not.
    if (elsewhere) return location.reload();
    one('span', bar).textContent = 'Нет связи. Ответ сохранён; следующий вопрос откроется, когда связь вернётся: нажмите «Далее» ещё раз.';
    bar.hidden = false;
  }

  /** Where the next page is on the device one goes on; else whoever wanted to stays with the answer, and hears why. */
  async function goOffline(address: string, noLink: boolean, words: string) {
    const kept = noLink && offline && (await globalThis.caches?.match(address).catch(() => undefined));
    if (!kept || !(await queue.isOnDevice())) return announce(words);
    leaving = true;
    location.assign(address);
  }

  /** The fields as they stand, and the wish to go on. */
  function turn(): [string, string][] {
    const fields = [...new FormData(form!)].filter((field): field is [string, string] => typeof field[1] === 'string');
    return [...fields, ['go', 'next']];
  }

  /** All is kept before the page goes, so the form need not carry anything, least of all something stale. */
  function leave(address: string) {
    if (typing) choose();
    if (queue.isEmpty) return void go(address);
    onward = address;
    queue.send();
  }

  /** What an earlier page gave after this one was made is shown as chosen, sent or not, and the clock of a page from the device is set right. */
  async function restore() {
    const before = isKept ? await heard(id) : undefined;
    if (before && !word) {
      word = before;
      setClock(before.left - Math.max(0, ...passed(before.since, now())) / 1000);
    } else if (word) void hear(word);
    const known = (await given(id)).filter(({ token }) => issued(token ?? '') > issued(own));
    const steps = [...known, ...(await queue.loaded)];
    for (const step of steps) mark(step);
    const mine = steps.filter((step) => step.seat === seat);
    const last = mine.filter((step) => step.answer).pop();
    if (last?.answer && !chose && !typing) fill(form!, last.answer);
    form!.dispatchEvent(new Event('filled'));
    const flagged = mine.filter((step) => step.flag !== undefined).pop();
    if (flagged) flag?.setAttribute('aria-pressed', String(flagged.flag));
  }

  /** The worker sends what waits even when this page is gone, where the browser can do that. */
  async function later() {
    try {
      const registration = await navigator.serviceWorker?.ready;
      await (registration as unknown as { sync?: { register(tag: string): Promise<void> } })?.sync?.register('outbox');
    } catch {
      // Another page will send it.
    }
  }

  /** This page, its files and, where the package allows it, the whole ticket are kept on the device. */
  async function keepOnDevice() {
    const worker = exam.dataset.worker;
    if (!worker || !navigator.serviceWorker) return;
    try {
      await navigator.serviceWorker.register(worker, { scope: '/attempts/' });
      const { active } = await navigator.serviceWorker.ready;
      const files = performance.getEntriesByType('resource').map((one) => one.name).filter((name) => /\/(assets|pictures)\//.test(name));
      const numbers = offline ? [...Array(Number(exam.dataset.pages)).keys()].map((n) => `${attempt}/questions/${n + 1}`) : [];
      active?.postMessage({ attempt: id, keep: [...new Set([location.pathname, ...numbers]), ...files] });
    } catch {
      // Without HTTPS there is no worker; the outbox works all the same.
    }
  }

  /** The duty's acts, as they happen: more time, a pause, a word. */
  function follow() {
    const source = new EventSource(`${attempt}/events`);
    // A proxy that answers for a sleeping server ends the stream for good: it is opened anew.
    source.addEventListener('error', () => source.readyState === EventSource.CLOSED && setTimeout(follow, 5000));
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const state = JSON.parse(data) as State;
      if (state.left !== null) {
        setClock(state.left, state.paused);
        listen(state.token, state.left);
      }
      // Another tab or device has gone on.
      elsewhere = state.seat !== null && state.seat !== seat;
      if (elsewhere && !leaving) return location.reload();
      if (state.seat_left !== null) seatClock?.(state.seat_left, state.paused);
      pause(state.paused);
      hearDuty(state.messages);
      if (state.over) end();
    });
    // The server is there: what waits need not wait for its turn.
    source.addEventListener('open', () => queue.send());
    addEventListener('pagehide', () => source.close());
  }

  /** While the time stands still the question is covered. */
  function pause(paused: boolean) {
    const question = one<HTMLElement>('.exam-body'), notice = one<HTMLElement>('#paused');
    // The server has not shown the question of a page that was opened meanwhile.
    if (!paused && !seatOver && !form!.querySelector('fieldset')) return location.reload();
    question.inert = paused;
    question.classList.toggle('covered', paused);
    if (notice.hidden === paused) {
      notice.hidden = !paused;
      announce(paused ? 'Время остановлено' : 'Время идёт дальше');
    }
  }

  /** Words of the duty stay in sight until the learner has read them, all of them. */
  const notice = one<HTMLElement>('#duty');
  let lastHeard = '';
  function hearDuty(messages: State['messages']) {
    const read = messages.findIndex(({ id }) => id === sessionStorage.getItem('duty'));
    const unread = messages.slice(read + 1), last = unread.at(-1);
    if (!last) return;
    one('span', notice).textContent = unread.map(({ text }) => text).join('\n');
    notice.hidden = false;
    if (last.id !== lastHeard) announce(`Сообщение дежурного: ${last.text}`);
    lastHeard = last.id;
  }
  one('button', notice).addEventListener('click', () => {
    sessionStorage.setItem('duty', lastHeard);
    notice.hidden = true;
  });

  /** Whether the page is looked at: a signal for people, from which nothing follows by itself. */
  document.addEventListener('visibilitychange', () => {
    // A telephone may not come back to this page.
    if (document.visibilityState === 'hidden' && typing) choose();
    // Going to another question is no leaving.
    if (leaving) return;
    const kind = document.visibilityState === 'hidden' ? 'left' : 'back';
    navigator.sendBeacon(`${attempt}/signals`, new URLSearchParams({ kind }));
  });

  const seatTime = exam.querySelector<HTMLElement>('#seat-time');
  const seatOver = exam.dataset.seatOver !== undefined;
  const seatClock = seatTime ? countdown(seatTime, () => void closeSeat()) : undefined;

  /** The question's own time is over: what was chosen is kept, and the page says so. */
  async function closeSeat() {
    if (typing) choose();
    if (queue.isEmpty || (await queue.isOnDevice())) location.reload();
  }

  void restore();
  void keepOnDevice();
  follow();
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
  flag?.addEventListener('click', (event) => {
    event.preventDefault();
    const on = flag.getAttribute('aria-pressed') !== 'true';
    flag.setAttribute('aria-pressed', String(on));
    keep({ flag: on });
  });
  for (const link of all<HTMLAnchorElement>('.map a[href]')) {
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      leave(link.href);
    });
  }
  addEventListener('keydown', (event) => {
    // While the time stands still nothing is chosen, not even by keys.
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || one<HTMLElement>('.exam-body').inert) return;
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
  addEventListener('pagehide', () => {
    leaving = true;
    if (typing) choose();
  });
  // Chosen before this script was ready.
  const typed = all<HTMLInputElement | HTMLTextAreaElement>(TYPED).some((field) => field.value !== field.defaultValue);
  const picked = all<HTMLOptionElement>('.q option').some((option) => option.selected !== option.defaultSelected && option.value !== '');
  if (typed || picked || options.some((option) => option.checked !== option.defaultChecked)) choose();
}

/** Hands over what waits on this device, however long it takes; false: nothing did. */
async function handOver(attempt: string): Promise<boolean> {
  if ((await waiting(attempt)).length === 0) return false;
  while (!(await flush(attempt))) await new Promise((resolve) => setTimeout(resolve, 3000));
  return true;
}

/** The same while a form of the end is held: whoever sends it meanwhile hears why it waits. Nothing waited: it is sent at once. */
async function handOverBefore(form: HTMLFormElement, attempt: string): Promise<boolean> {
  let wanted = false;
  const hold = (event: Event) => {
    event.preventDefault();
    wanted = true;
    one('button', form).textContent = 'Сначала уйдут ответы с этого устройства…';
  };
  form.addEventListener('submit', hold);
  const handed = await handOver(attempt);
  form.removeEventListener('submit', hold);
  if (wanted && !handed) form.submit();
  return handed;
}

/** Before the end: nothing is finished while an answer waits on this device, and the page counts what has come. */
async function deliver(attempt: string) {
  const form = document.querySelector<HTMLFormElement>('form[action$="/completion"]');
  if (form && (await handOverBefore(form, attempt))) location.reload();
}

/** After the deadline: what waits on this device goes first, then the result. Another device may have answers still, so whoever has
 * nothing waiting here is asked. */
async function close(form: HTMLFormElement, attempt: string) {
  if (!(await handOverBefore(form, attempt))) return;
  await forget(attempt);
  form.submit();
}

const exam = document.querySelector<HTMLElement>('.exam');
const ended = document.querySelector<HTMLFormElement>('form[data-over]');
if (ended) void close(ended, ended.dataset.over ?? '');
else if (exam) begin(exam);
// Brought back by «Назад» from the browser's memory, the page may show what is no longer so.
addEventListener('pageshow', (event) => event.persisted && location.reload());
