// A question that is being written goes on as one of another kind: what was typed comes along.
export {};

const KEY = 'typed';
const form = document.querySelector<HTMLFormElement>('main form.form');
const fits = (field: unknown): field is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
  (field instanceof HTMLInputElement && field.type === 'text') || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement;

if (form) {
  for (const [name, typed] of JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as [string, string][]) {
    const field = form.elements.namedItem(name);
    if (fits(field) && (field.value === '' || field instanceof HTMLSelectElement)) field.value = typed;
  }
  sessionStorage.removeItem(KEY);
  for (const link of document.querySelectorAll('.chips a')) {
    link.addEventListener('click', () => {
      const typed = [...form.elements].filter(fits).filter((field) => field.value !== '').map((field) => [field.name, field.value]);
      sessionStorage.setItem(KEY, JSON.stringify(typed));
    });
  }
}
