/** How a piece of text is drawn. */
export type Tone = 'plain' | 'dim' | 'bold' | 'good' | 'warn' | 'bad';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of a screen, before it is cut and coloured. */
export type Line = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** Columns that a line takes on a terminal. */
export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

/** The line cut to so many columns, with an ellipsis where something is missing. */
export function fit(line: Line, columns: number): Line {
  if (widthOf(line) <= columns) return line;
  const out: Span[] = [];
  let left = columns - 1;
  for (const { text, tone } of line) {
    const kept = cut(text, left);
    out.push({ text: kept, tone });
    left -= columnsOf(kept);
    if (kept !== text) break;
  }
  return columns < 1 ? [] : [...out, span('…', 'dim')];
}

/** Left and right part with space between; the left one gives way. */
export function justify(left: Line, right: Line, columns: number): Line {
  const room = columns - widthOf(right) - 1;
  if (room < 1) return fit(left, columns);
  const fitted = fit(left, room);
  return [...fitted, span(' '.repeat(room + 1 - widthOf(fitted))), ...right];
}

/** As a terminal wants it; without colour, the bare text. */
export function paint(line: Line, colour: boolean): string {
  return line
    .map(({ text, tone }) =>
      colour && tone !== 'plain' && text !== '' ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text,
    )
    .join('');
}

/** Select Graphic Rendition (ECMA-48). */
const codes = { dim: '2', bold: '1', good: '32', warn: '33', bad: '31' } satisfies Record<
  Exclude<Tone, 'plain'>,
  string
>;

/** East Asian wide and full-width characters and emoji take two columns (Unicode UAX 11). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const narrow = /^[\u0020-\u02ff]*$/;

function columnsOf(text: string): number {
  if (narrow.test(text)) return text.length;
  let columns = 0;
  for (const char of text) columns += columnsOfChar(char);
  return columns;
}

function columnsOfChar(char: string): number {
  if (/\p{M}/u.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}

function cut(text: string, columns: number): string {
  let left = columns;
  let out = '';
  for (const char of text) {
    left -= columnsOfChar(char);
    if (left < 0) break;
    out += char;
  }
  return out;
}
