import { formatValue } from '../../model/units.ts';
import { inert } from './inert.ts';
import { span } from './line.ts';
import type { LiveTarget } from '../../index.ts';
import type { Line } from './line.ts';
import type { LiveState } from './live-state.ts';
import type { Row } from './screen.ts';

const marks = {
  holds: { sign: '✓', tone: 'good', rank: 30 },
  fails: { sign: '✗', tone: 'bad', rank: 2 },
  open: { sign: '·', tone: 'dim', rank: 40 },
} as const satisfies Record<LiveTarget['state'], { sign: string; tone: string; rank: number }>;

/** Every target as it stands: those that fail are the last to give way on a low terminal. */
export function targetRows({ targets }: LiveState): Row[] {
  return targets.map((target, index) => ({
    rank: marks[target.state].rank + index / 1000,
    line: targetLine(target),
  }));
}

function targetLine({ state, result }: LiveTarget): Line {
  const { sign, tone } = marks[state];
  const soft = state === 'fails' && result.severity === 'warn' ? 'warn' : tone;
  return [
    span(`  ${sign} `, soft),
    span(inert(result.expr), state === 'holds' ? 'plain' : soft),
    span(actualText(result), 'bold'),
  ];
}

/** `  12.3ms`, `  >= 12.3ms` for a lower bound, nothing without data. */
export function actualText({ actual, bounded, unit, perSecond }: LiveTarget['result']): string {
  return actual === null ? '' : `  ${bounded ? '>= ' : ''}${formatValue(actual, unit, perSecond)}`;
}
