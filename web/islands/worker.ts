// The worker of attestations: pages that were opened, and of packages that allow it the whole ticket, open without a connection; what
// waits in the outbox is sent even after the tab is closed, where the browser can do that.
import { flush, forget } from './outbox';

interface SyncEvent extends ExtendableEvent {
  tag: string;
}
interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Worker {
  addEventListener(kind: 'install' | 'activate', hear: (event: ExtendableEvent) => void): void;
  addEventListener(kind: 'fetch', hear: (event: FetchEvent) => void): void;
  addEventListener(kind: 'sync', hear: (event: SyncEvent) => void): void;
  addEventListener(kind: 'message', hear: (event: ExtendableEvent & { data: Told }) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}
/** What a page tells: pages and files to keep for an attempt. */
interface Told {
  keep: string[];
  attempt: string;
}

const worker = self as unknown as Worker;
const FILES = 'kafedra-files';
const pages = (attempt: string) => `kafedra-attempt-${attempt}`;

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('sync', (event) => event.waitUntil(flush()));

worker.addEventListener('message', (event) => {
  event.waitUntil(keep(event.data.keep, event.data.attempt));
});

async function keep(addresses: string[], attempt: string) {
  for (const address of addresses) {
    const isPage = new URL(address, location.href).pathname.startsWith('/attempts/');
    const cache = await caches.open(address.includes('/assets/') ? FILES : pages(attempt));
    // The page that is open is kept anew, the rest once.
    const open = isPage && address === addresses.find((one) => new URL(one, location.href).pathname.startsWith('/attempts/'));
    if (!open && (await cache.match(address))) continue;
    try {
      const answer = await fetch(address);
      if (!answer.ok || answer.redirected) continue;
      const pictures = isPage ? ((await answer.clone().text()).match(/\/pictures\/[0-9a-f]{64}/g) ?? []) : [];
      await cache.put(address, answer);
      // One that does not come now does not keep the other pages from being kept.
      for (const picture of pictures) if (!(await cache.match(picture))) await cache.add(picture).catch(() => undefined);
    } catch {
      return;
    }
  }
}

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  const attempt = pathname.match(/^\/attempts\/([0-9a-f-]{36})(?:\/|$)/)?.[1];
  if (attempt && request.mode === 'navigate') event.respondWith(open(request, attempt, event));
  else if (/^\/(assets|pictures)\//.test(pathname)) event.respondWith(file(request, event));
});

/** The page from the server, kept if it is a question; without a connection as it was kept. */
async function open(request: Request, attempt: string, event: ExtendableEvent): Promise<Response> {
  const isQuestion = /\/questions\/\d+$/.test(new URL(request.url).pathname);
  try {
    const answer = await fetch(request);
    if (isQuestion && answer.ok && !answer.redirected) lay(event, pages(attempt), request.url, answer);
    // A question leads elsewhere when its learner has signed out or is done: nobody else at this device sees the rest.
    const away = answer.redirected || answer.type === 'opaqueredirect';
    if ((isQuestion && away) || answer.status === 404) {
      await caches.delete(pages(attempt)).catch(() => undefined);
      await forget(attempt);
    }
    return answer;
  } catch {
    const kept = await caches.match(request.url).catch(() => undefined);
    // The page's script must know: the server's word on it is as old as the page.
    if (kept) return new Response((await kept.text()).replace('<div class="exam"', '$& data-kept'), kept);
    return new Response(WAITING, { status: 503, headers: { 'content-type': 'text/html; charset=utf-8' } });
  }
}

async function file(request: Request, event: ExtendableEvent): Promise<Response> {
  const kept = await caches.match(request.url).catch(() => undefined);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && request.url.includes('/assets/')) lay(event, FILES, request.url, answer);
  return answer;
}

/** Keeps a copy behind the answer's back: a telephone without room has it all the same. */
function lay(event: ExtendableEvent, name: string, address: string, answer: Response) {
  const copy = answer.clone();
  event.waitUntil(
    caches
      .open(name)
      .then((cache) => cache.put(address, copy))
      .catch(() => undefined),
  );
}

const WAITING = `<!doctype html><html lang="ru"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>Нет связи</title>
<style>body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.25rem;color-scheme:light dark}</style>
<h1>Нет связи</h1><p>Ответы, которые вы дали, лежат на этом устройстве и уйдут сами, когда связь вернётся. Время идёт.</p>
<p>Страница откроется сама. Не чистите данные браузера.</p>`;
