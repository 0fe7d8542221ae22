// A part of a page that follows what happens: the server sends it anew, whole, as soon as it changes.
export {};

/** What came while somebody pressed: shown then, the press would come to nothing. */
let held: (() => void) | undefined, pressed = false, limit = 0;
function release() {
  clearTimeout(limit);
  pressed = false;
  held?.();
  held = undefined;
}
addEventListener('pointerdown', ({ button }) => {
  if (button !== 0) return;
  pressed = true;
  clearTimeout(limit);
  // The end of a press may go elsewhere: a menu, another window.
  limit = setTimeout(release, 2000);
});
for (const end of ['pointerup', 'pointercancel', 'contextmenu', 'dragend', 'blur']) addEventListener(end, () => setTimeout(release));

for (const part of document.querySelectorAll<HTMLElement>('[data-follow]')) follow(part);

function follow(part: HTMLElement) {
  const source = new EventSource(part.dataset.follow ?? '');
  // A proxy that answers for a sleeping server ends the stream for good: it is opened anew.
  source.addEventListener('error', () => source.readyState === EventSource.CLOSED && setTimeout(() => follow(part), 5000));
  const show = (data: string) => {
    // Whoever stands on a name with the keyboard stays on it.
    const at = document.activeElement?.getAttribute('href');
    part.innerHTML = data;
    if (at) part.querySelector<HTMLElement>(`[href="${CSS.escape(at)}"]`)?.focus();
  };
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    if (pressed) held = () => show(data);
    else show(data);
  });
  addEventListener('pagehide', () => source.close());
}
