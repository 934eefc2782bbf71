import { latencyText, rateText } from './figures-text.ts';
import { inert } from './inert.ts';
import { span } from './line.ts';
import { sparkline } from './sparkline.ts';
import type { Figures } from '../../index.ts';
import type { LiveState } from './live-state.ts';
import type { Row, ScreenSize } from './screen.ts';

/** A bench: a line for each subject with its latest round, and a bar for each round so far. */
export function benchRows({ slices }: LiveState, size: ScreenSize): Row[] {
  if (slices.length === 0) return [{ rank: 1, line: [span('  waiting for the first round', 'dim')] }];
  const bySubject = Map.groupBy(slices, (slice) => slice.of);
  const names = [...bySubject.keys()].map((name) => inert(name, 40));
  const width = Math.min(30, Math.max(...names.map((name) => name.length)));
  return [...bySubject.values()].map((rounds, index) => {
    const latest = rounds.at(-1);
    const failed = rounds.reduce((sum, { failed: count }) => sum + count, 0);
    return {
      rank: 2 + index,
      line: [
        span(`  ${(names[index] ?? '').padEnd(width)}  `),
        span((latest === undefined ? '' : rateText(latest.succeeded, latest.durationNs)).padEnd(10), 'bold'),
        span(`p50 ${latencyText(latest?.p50Ns ?? null)}`.padEnd(13)),
        span(`p99 ${latencyText(latest?.p99Ns ?? null)}`.padEnd(14)),
        ...(failed > 0 ? [span(`${failed} failed  `, 'bad')] : []),
        span(sparkline(rounds.map(perSecond), Math.max(5, size.columns - width - 43), size.unicode), 'dim'),
      ],
    };
  });
}

function perSecond({ succeeded, durationNs }: Figures): number | null {
  return durationNs > 0 ? (succeeded * 1e9) / durationNs : null;
}
