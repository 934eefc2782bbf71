import { inert } from './inert.ts';
import { fit, justify, span } from './line.ts';
import { benchRows } from './bench-rows.ts';
import { loadRows } from './load-rows.ts';
import { targetRows } from './target-rows.ts';
import { waitText } from './figures-text.ts';
import type { Line } from './line.ts';
import type { LiveState } from './live-state.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
  /** Whether the terminal draws block characters. */
  readonly unicode: boolean;
}

/** A line and how much it matters: a low terminal shows the lowest ranks. */
export interface Row {
  readonly rank: number;
  readonly line: Line;
}

/** What is on the screen, as lines that fit its width and, with one to spare for the cursor, its height. */
export function screen(state: LiveState, size: ScreenSize): Line[] {
  const body = state.kind === 'load' ? loadRows(state, size) : benchRows(state, size);
  const rows = [{ rank: 0, line: headLine(state, size.columns) }, ...body, ...targetRows(state)];
  const room = Math.max(1, size.rows - 1);
  const kept = new Set(rows.toSorted((a, b) => a.rank - b.rank).slice(0, room));
  const lines = rows.filter((row) => kept.has(row)).map(({ line }) => line);
  if (size.unicode) return lines.map((line) => fit(line, size.columns));
  // before it is cut, because widths change, and after it, because of the ellipsis
  return lines.map((line) => toAscii(fit(toAscii(line), size.columns)));
}

function headLine({ name, label, part, parts, done, etaNs }: LiveState, columns: number): Line {
  const place = parts > 1 ? ` ${part}/${parts}` : '';
  const left = [span(inert(name), 'bold'), span(place, 'dim'), span(`  ${inert(label)}`)];
  const right = [span(`${Math.floor(done * 100)}%`), span(`  ETA ${waitText(etaNs)}`, 'dim')];
  return justify(left, right, columns);
}

const asciiSigns = new Map([
  ['✓', '+'],
  ['✗', 'x'],
  ['·', '-'],
  ['…', '~'],
]);

/** For a terminal whose locale is not UTF-8. */
function toAscii(line: Line): Line {
  return line.map(({ text, tone }) => ({
    tone,
    text: text.replace(/[^ -~]/gu, (char) => asciiSigns.get(char) ?? '?'),
  }));
}
