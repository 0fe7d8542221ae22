// A part of another page in place of the link to it. Where it does not come the link stays.
for (const place of document.querySelectorAll<HTMLElement>('[data-beside]')) {
  const link = place.querySelector('a');
  if (!link) continue;
  void fetch(link.href)
    .then(async (answer) => (answer.ok ? answer.text() : ''))
    .then((text) => new DOMParser().parseFromString(text, 'text/html').getElementById('beside'))
    .then((part) => part && place.replaceWith(part))
    .catch(() => undefined);
}
