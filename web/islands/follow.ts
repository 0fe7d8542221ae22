// A part of a page that follows what happens: the server sends it anew, whole, as soon as it changes.
for (const part of document.querySelectorAll<HTMLElement>('[data-follow]')) {
  const source = new EventSource(part.dataset.follow ?? '');
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    // Whoever stands on a name with the keyboard stays on it.
    const at = document.activeElement?.getAttribute('href');
    part.innerHTML = data;
    if (at) part.querySelector<HTMLElement>(`[href="${CSS.escape(at)}"]`)?.focus();
  });
  addEventListener('pagehide', () => source.close());
}
