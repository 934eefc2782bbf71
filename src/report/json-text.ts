/**
 * A document as JSON on one line. What a CI runner would take for a command in the middle of a line (`##[error]`) is
 * written with an escape, which every parser undoes.
 */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document).replace(/##(?=\w*\[)/g, '#\\u0023')}\n`;
}
