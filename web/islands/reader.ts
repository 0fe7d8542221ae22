// The island of a material: keeps the place where the learner stopped and leads back to it, on whatever device. Without it a
// material opens at its beginning.

export {};

const SELDOM = 4_000;
/** Thousandths of a text, or seconds of a film, that are as good as the beginning. */
const BEGINNING = 15;

const article = document.querySelector<HTMLElement>('article[data-keep]');
const film = article?.querySelector<HTMLMediaElement>('audio, video') ?? null;
const note = document.querySelector<HTMLElement>('#place');

/** How far the text can be scrolled, in pixels; nothing when it is all in sight. */
const length = (text: HTMLElement) => Math.max(0, text.offsetHeight - innerHeight);
const top = (text: HTMLElement) => text.getBoundingClientRect().top + scrollY;

function here(text: HTMLElement): number {
  if (film) return Math.floor(film.currentTime);
  const all = length(text);
  return all ? Math.round(1000 * Math.min(1, Math.max(0, (scrollY - top(text)) / all))) : 0;
}

function goTo(text: HTMLElement, place: number) {
  if (film) film.currentTime = place;
  else scrollTo(0, top(text) + (place / 1000) * length(text));
}

function keepPlaces(text: HTMLElement, address: string) {
  let kept = Number(text.dataset.place ?? 0), waits = 0;
  const keep = () => {
    const place = here(text);
    if (place === kept) return;
    kept = place;
    // A place that did not arrive is no loss worth a word: the next one follows.
    fetch(address, { method: 'POST', body: new URLSearchParams({ place: String(place) }), keepalive: true }).catch(() => {});
  };
  const soon = () => {
    waits ||= setTimeout(() => ((waits = 0), keep()), SELDOM);
  };
  (film ?? document).addEventListener(film ? 'timeupdate' : 'scroll', soon, { passive: true });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && keep());
  addEventListener('pagehide', keep);
  // Whoever did not wait for this script has read on already.
  soon();
}

function leadBack(text: HTMLElement) {
  const place = Number(text.dataset.place ?? 0);
  if (place <= BEGINNING || location.hash || here(text) > BEGINNING) return;
  goTo(text, place);
  if (!note) return;
  note.hidden = false;
  note.querySelector('button')?.addEventListener('click', () => {
    goTo(text, 0);
    note.hidden = true;
  });
}

const ready = () =>
  film && film.readyState < HTMLMediaElement.HAVE_METADATA
    ? new Promise((loaded) => film.addEventListener('loadedmetadata', loaded, { once: true }))
    : document.fonts.ready;

if (article?.dataset.keep) {
  const address = article.dataset.keep;
  // Pictures give a text its height: the place is where it was only when all of them are there.
  const loaded = document.readyState === 'complete' ? Promise.resolve() : new Promise((done) => addEventListener('load', done, { once: true }));
  Promise.all([ready(), loaded]).then(() => {
    leadBack(article);
    keepPlaces(article, address);
  });
}
