// Steps of attestations that wait for a connection, on the device itself (IndexedDB): they outlive a reload, a closed tab and a flat
// battery. A step leaves the outbox when the server has it.
import type { Answer } from './task';

/** One step on its way to the server; its key stays the same however often it is sent. */
export interface Step {
  key: string;
  seat: number;
  /** In the places shown. */
  answer?: Answer;
  flag?: boolean;
}

/** A step that waits, with what the device knew of the time when it was made. */
export interface Waiting extends Step {
  attempt: string;
  /** In the order in which they were made. */
  n: number;
  token?: string;
  made: Instant;
  /** Of the token. */
  since?: Instant;
}

/** A moment by both clocks of a page: `mono` only compares within the page whose `origin` it has. */
export interface Instant {
  wall: number;
  mono: number;
  origin: number;
}

/** The server's last word for an attempt, and how many seconds were left then. */
export interface Word {
  attempt: string;
  token: string;
  left: number;
  since: Instant;
}

/** What the server says once it has the step on disk. */
export interface Kept {
  at: string;
  left: number | null;
  token: string | null;
}

/** What the server has of a question since it said `token`: a page that was kept on the device before does not show it. */
export interface Given extends Pick<Step, 'seat' | 'answer' | 'flag'> {
  /** With the seat and what was given, so that the newest of its kind stands. */
  attempt: string;
  token: string | null;
  /** By the device's clock. */
  made: number;
}

/** Why there is no such answer: a status of HTTP, or one of these. */
export const SIGNED_OUT = 0, NO_LINK = -1, OVER = 409, PAUSED = 423;

export const now = (): Instant => ({ wall: Date.now(), mono: performance.now(), origin: performance.timeOrigin });

/** Milliseconds between two instants by each clock that can say, the one that nobody sets first. */
export const passed = (from: Instant, to: Instant): number[] =>
  from.origin === to.origin ? [to.mono - from.mono, to.wall - from.wall] : [to.wall - from.wall];

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('kafedra', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('steps', { keyPath: 'key' }).createIndex('attempt', 'attempt');
      request.result.createObjectStore('words', { keyPath: 'attempt' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    // Browsers were seen that never answer. Then nothing is kept here, and nobody waits for that.
    setTimeout(() => reject(new Error('no answer')), 10_000);
  });
  return opened;
}

/** Runs `work` on a store and waits until the device has it. A device that keeps nothing (a private window) gives `otherwise`. */
async function on<T>(store: 'steps' | 'words', mode: IDBTransactionMode, otherwise: T, work: (store: IDBObjectStore) => IDBRequest<T> | void): Promise<T> {
  try {
    const all = (await database()).transaction(store, mode, { durability: 'strict' });
    const request = work(all.objectStore(store));
    return await new Promise((resolve, reject) => {
      all.oncomplete = () => resolve(request ? request.result : otherwise);
      all.onerror = all.onabort = () => reject(all.error);
    });
  } catch {
    return otherwise;
  }
}

/** Puts a step in, and takes out those that it replaces. */
export const put = (step: Waiting, replaced: Step[] = []) =>
  on('steps', 'readwrite', undefined, (steps) => {
    for (const { key } of replaced) steps.delete(key);
    steps.put(step);
  });

export const remove = (key: string) => on('steps', 'readwrite', undefined, (steps) => void steps.delete(key));

/** The server has the step: it waits no longer, and pages that were kept before learn of it. */
export async function acknowledge({ key, attempt, seat, answer, flag, made }: Waiting, { token }: Kept) {
  const given: Given = { attempt: `${attempt}/${seat}/${answer ? 'answer' : 'flag'}`, seat, answer, flag, token, made: made.wall };
  const put = on('words', 'readwrite', undefined, (words) => {
    const known: IDBRequest<Given | undefined> = words.get(given.attempt);
    // The worker may send an older one while this page has sent a newer.
    known.onsuccess = () => {
      if (!known.result || known.result.made <= given.made) words.put(given);
    };
  });
  await Promise.all([put, remove(key)]);
}

const ofQuestions = (attempt: string) => IDBKeyRange.bound(`${attempt}/`, `${attempt}/~`);

export const given = (attempt: string) =>
  on<Given[]>('words', 'readonly', [], (words) => words.getAll(ofQuestions(attempt)));

/** What waits, of one attempt or of all, the first made first. */
export async function waiting(attempt?: string): Promise<Waiting[]> {
  const all = await on<Waiting[]>('steps', 'readonly', [], (steps) => (attempt ? steps.index('attempt').getAll(attempt) : steps.getAll()));
  return all.sort((one, other) => one.n - other.n);
}

export const hear = (word: Word) => on('words', 'readwrite', undefined, (words) => void words.put(word));

export const heard = (attempt: string): Promise<Word | undefined> =>
  on<Word | undefined>('words', 'readonly', undefined, (words) => words.get(attempt));

export const forget = (attempt: string) =>
  on('words', 'readwrite', undefined, (words) => {
    words.delete(attempt);
    words.delete(ofQuestions(attempt));
  });

/** What `ask` gives within 15 seconds. `AbortSignal.timeout` is too new for the telephones of learners. */
export async function soon<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), 15_000);
  try {
    return await ask(stop.signal);
  } finally {
    clearTimeout(limit);
  }
}

/** Browsers let so many bytes outlive their page; a longer request would not even begin. */
const OUTLIVES = 20_000;

/** Sends one step: what the server says, or why it does not. */
export async function post(step: Waiting): Promise<Kept | number> {
  const { key, seat, answer, flag, token, made, since } = step;
  const sent = now();
  let given;
  // Always, so that answers of one question are put in order by one clock.
  if (token && since) {
    const [before, whole] = [passed(since, made), passed(since, sent)];
    const pairs = before.length === whole.length ? before.map((one, n) => [one, whole[n]!]) : [[made.wall - since.wall, sent.wall - since.wall]];
    given = { token, clocks: pairs.map(([one, other]) => [Math.round(one!), Math.round(other!)]) };
  }
  const body = JSON.stringify({ key, seat, answer, flag, given });
  try {
    return await soon(async (signal) => {
      const answered = await fetch(`/attempts/${step.attempt}/answers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'manual',
        keepalive: body.length < OUTLIVES,
        signal,
      });
      return answered.ok ? ((await answered.json()) as Kept) : answered.status;
    });
  } catch {
    return NO_LINK;
  }
}

/** Sends all that waits, without a page: for the worker, and for pages that come later. False: something waits still. */
export async function flush(attempt?: string): Promise<boolean> {
  const stuck = new Set<string>();
  for (const step of await waiting(attempt)) {
    if (stuck.has(step.attempt)) continue;
    const answer = await post(step);
    if (typeof answer !== 'number') await acknowledge(step, answer);
    // What came too late has been taken down by the server as such.
    else if (answer === OVER) await remove(step.key);
    // Of somebody else who used this device, or the connection is gone: it stays, and what follows it too.
    else stuck.add(step.attempt);
  }
  return stuck.size === 0;
}
