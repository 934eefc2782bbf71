import { achieved, latencyText, rateText, shareText, waitText } from './figures-text.ts';
import { inert } from './inert.ts';
import { actualText } from './target-rows.ts';
import type { LiveState } from './live-state.ts';

/** The state in one line of plain text, for logs: where it is, how it goes, what fails. */
export function plainLine(state: LiveState): string {
  const { name, label, done, etaNs } = state;
  const head = `${String(Math.floor(done * 100)).padStart(3)}%  ETA ${waitText(etaNs)}`;
  const what = [inert(name), inert(label)].filter((text) => text !== '').join(': ');
  return [head, what, ...loadParts(state), ...targetParts(state)].join('  ');
}

function loadParts({ kind, slices, open, succeeded, failed }: LiveState): string[] {
  const latest = slices.at(-1);
  if (kind !== 'load' || latest === undefined) return [];
  const { due, durationNs, p50Ns, p95Ns, p99Ns } = latest;
  const rate = achieved(latest) === null ? '-' : rateText(latest.succeeded + latest.failed, durationNs);
  const ofDue = open && due !== null ? ` of ${rateText(due, durationNs)}` : '';
  return [
    `${rate}${ofDue}`,
    `p50 ${latencyText(p50Ns)} p95 ${latencyText(p95Ns)} p99 ${latencyText(p99Ns)}`,
    ...(failed > 0 ? [`errors ${shareText(failed / (succeeded + failed))}`] : []),
  ];
}

function targetParts({ targets }: LiveState): string[] {
  return targets
    .filter(({ state }) => state === 'fails')
    .map(({ result }) => `FAILS ${inert(result.expr)}${actualText(result)}`);
}
