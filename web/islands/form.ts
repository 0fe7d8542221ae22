// The island of forms: writes a number, a telephone and a date as they are written, and says at once when the digits of a number
// do not fit together. Without it the server does both.
export {};

const digits = (text: string) => text.replace(/\D/g, '');

/** СНИЛС: the remainder of the weighted sum by 101 (Пенсионный фонд, 192п); ИНН of a company and of a person (ФНС, 178). */
const fits: Record<string, (number: string) => boolean> = {
  snils: (n) => n.length === 11 && (sum(n, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === Number(n.slice(9)),
  inn: (n) =>
    n.length === 10 ? check(n, 9, [2, 4, 10, 3, 5, 9, 4, 6, 8])
    : n.length === 12 && check(n, 10, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) && check(n, 11, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]),
};
const sum = (n: string, weights: number[]) => weights.reduce((all, weight, at) => all + weight * Number(n[at]), 0);
const check = (n: string, at: number, weights: number[]) => (sum(n, weights) % 11) % 10 === Number(n[at]);

/** As it is written; what is something else stays as it was typed. */
const written: Record<string, (typed: string) => string> = {
  snils: (typed) => digits(typed).replace(/^(\d{3})(\d{3})(\d{3})(\d{2})$/, '$1-$2-$3 $4') || typed,
  inn: (typed) => digits(typed) || typed,
  phone: (typed) => {
    const ten = /^[78]?(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits(typed));
    const isAbroad = typed.trim().startsWith('+') && !typed.trim().startsWith('+7');
    return ten && !isAbroad ? `+7 ${ten[1]} ${ten[2]}-${ten[3]}-${ten[4]}` : typed;
  },
  date: (typed) => {
    const [, day, month, year] = /^\s*(\d{1,2})[\s./-]*(\d{1,2})[\s./-]*(\d{4})\s*$/.exec(typed) ?? [];
    return day && month ? `${day.padStart(2, '0')}.${month.padStart(2, '0')}.${year}` : typed;
  },
};

function told(input: HTMLInputElement, isWrong: boolean) {
  const id = `${input.id}-digits`;
  document.getElementById(id)?.remove();
  if (!isWrong || !input.dataset.wrong) return;
  const said = document.createElement('p');
  Object.assign(said, { id, className: 'wrong', textContent: input.dataset.wrong });
  said.setAttribute('role', 'status');
  input.after(said);
}

for (const input of document.querySelectorAll<HTMLInputElement>('input[data-mask]')) {
  const mask = input.dataset.mask ?? '';
  input.addEventListener('change', () => {
    input.value = written[mask]?.(input.value) ?? input.value;
    const number = digits(input.value);
    told(input, number !== '' && fits[mask]?.(number) === false);
  });
}
