import { formatDurationNs } from '../model/units.ts';
import type { RunResult, SlowOperation } from '../model/result.ts';
import { plain } from './text.ts';

/** Slow operations that a report shows; the result holds more. */
const shown = 5;

/** The slowest operations, one line each: how long, of what, and where the time went. */
export function slowestLines({ slowest = [] }: Pick<RunResult, 'slowest'>): string[] {
  return slowest.slice(0, shown).map((operation) => {
    const { subject, phase, name, dueNs, endNs, failure } = operation;
    const of = subject === undefined ? '' : `${plain(subject)} `;
    const parts = partsOf(operation).map(([label, ns]) => `${label} ${formatDurationNs(ns)}`);
    const outcome = failure === undefined ? '' : ` failed (${plain(failure)}),`;
    return `${formatDurationNs(endNs - dueNs)} ${of}${plain(phase)} ${plain(name)},${outcome} ended ${formatDurationNs(endNs)} into the run: ${parts.join(', ')}`;
  });
}

/** Where the time went: what lies one after the other, and connecting (with TLS) and the generator's own delay within it. */
function partsOf({
  dueNs,
  sentNs,
  firstByteNs,
  endNs,
  openNs,
  tlsNs,
  generatorDelayNs,
  failure,
}: SlowOperation): [string, number][] {
  const parts: [string, number][] = [['waited', (sentNs ?? endNs) - dueNs]];
  if (openNs !== null) parts.push(['connecting', openNs]);
  if (tlsNs !== null) parts.push(['TLS', tlsNs]);
  if (sentNs !== null) {
    if (firstByteNs === null) parts.push([failure === undefined ? 'reply' : 'failed after', endNs - sentNs]);
    else parts.push(['first byte', firstByteNs - sentNs], ['download', endNs - firstByteNs]);
  }
  if (generatorDelayNs > 0) parts.push(['generator late', generatorDelayNs]);
  return parts;
}
