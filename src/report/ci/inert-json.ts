/** JSON on one line in which text is inert also where a page or a log shows it raw: `<`, `>`, `&`, `@`, `::` and `##[`. */
export function inertJson(value: unknown): string {
  const text = JSON.stringify(value).replace(/[<>&@`]|:(?=:)|#(?=#)/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `${text}\n`;
}
