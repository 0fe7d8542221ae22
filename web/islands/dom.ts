// Short words for what islands do with a page.
export const all = <T extends Element>(selector: string) => [...document.querySelectorAll<T>(selector)];

/** What must be on the page. */
export function one<T extends Element>(selector: string, from: ParentNode = document): T {
  const found = from.querySelector<T>(selector);
  if (!found) throw new Error(`no ${selector} on the page`);
  return found;
}

/** Puts another icon of the sprite in place. */
export function draw(icon: string, within: Element) {
  const use = one('use', within);
  use.setAttribute('href', (use.getAttribute('href') ?? '').replace(/#.*/, `#${icon}`));
}

/** Says it to a screen reader. */
export const announce = (words: string) => (one('#announce').textContent = words);
