import { printable } from './printable.ts';
import type { Position } from '../read/document.ts';

/**
 * The line of a position between its neighbours, with carets under the place:
 *
 *       3 | name: chat
 *     > 4 | phasess:
 *         | ^^^^^^^
 *       5 |   - {name: steady}
 */
export function codeFrame(lines: readonly string[], { line, column, length }: Position): string | null {
  if (line < 1 || line > lines.length) return null;
  const width = String(Math.min(line + 1, lines.length)).length;
  const start = Math.max(0, column - 1 - leadChars);
  const frame: string[] = [];
  for (let number = Math.max(1, line - 1); number <= Math.min(line + 1, lines.length); number++) {
    const text = show((lines[number - 1] ?? '').slice(start, start + maxChars));
    const mark = number === line ? '>' : ' ';
    frame.push(`${mark} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === line)
      frame.push(`  ${' '.repeat(width)} | ${carets(lines[line - 1] ?? '', start, column, length)}`);
  }
  return frame.join('\n');
}

const maxChars = 120;
/** Text shown before the place when the line is long. */
const leadChars = 80;

/** Tabs become one space and control characters are written out, so widths are measured on the result. */
function show(text: string): string {
  return printable(text.replaceAll('\t', ' '), maxChars);
}

function carets(line: string, start: number, column: number, length: number): string {
  const before = show(line.slice(start, column - 1)).length;
  const marked = show(line.slice(column - 1, Math.min(column - 1 + length, start + maxChars))).length;
  return ' '.repeat(before) + '^'.repeat(Math.max(1, marked));
}
