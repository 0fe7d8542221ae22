// The clocks of an attestation: the ticket's, and that of one question. The server counts; they show.
import { announce, draw, one } from './dom';

/** When the server's answer came: times are counted from it, not from the moment that a script was ready. */
export function arrived(): number {
  const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return page?.responseStart ?? 0;
}

/** Shows how much time is left, by the server's count; gives the function that sets the count right. */
export function clock(left: number, over: () => void): (left: number, stands?: boolean) => void {
  const box = one('#timer'), shown = one<HTMLTimeElement>('time', box), toggle = one('button', box);
  let deadline = arrived() + left * 1000;
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

  /** The duty has stopped the time. */
  let stood = false;
  /** The last tick: of a page that nobody looks at they come seldom. */
  let ticked = performance.now();

  function tick() {
    if (stood) deadline += performance.now() - ticked;
    ticked = performance.now();
    // While a computer sleeps its own clock goes on, the page's may stand still.
    const slept = Date.now() - performance.now() - offset;
    if (Math.abs(slept) > 3000) {
      offset += slept;
      if (!stood) deadline -= Math.max(0, slept);
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
  return (left, stands = false) => {
    stood = stands;
    ticked = performance.now();
    offset = Date.now() - ticked;
    deadline = ticked + left * 1000;
    show();
  };
}

/** Counts the seconds of one question down; gives the function that sets the count right. */
export function countdown(box: HTMLElement, over: () => void): (left: number, stands: boolean) => void {
  const shown = one<HTMLTimeElement>('time', box);
  let ticked = performance.now(), deadline = arrived() + Number(box.dataset.left) * 1000, stood = false, ended = false;
  setInterval(() => {
    if (stood) deadline += performance.now() - ticked;
    ticked = performance.now();
    const left = Math.max(0, Math.ceil((deadline - performance.now()) / 1000));
    shown.textContent = [Math.floor(left / 60), left % 60].map((n) => String(n).padStart(2, '0')).join(':');
    box.classList.toggle('soon', left <= 10);
    if (left > 0 || ended || !navigator.onLine || performance.now() < deadline + 1000) return;
    ended = true;
    over();
  }, 1000);
  return (left, stands) => {
    ticked = performance.now();
    deadline = ticked + left * 1000;
    stood = stands;
  };
}
