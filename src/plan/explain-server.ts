import { formatDurationNs } from '../model/units.ts';
import { printable } from './problems/printable.ts';
import type { ServerPlan } from '../model/server-plan.ts';

/** What will be read of the server during the run, for people. */
export function explainServer({ everyNs, scrape, process }: ServerPlan): string {
  const parts: string[] = [];
  if (scrape !== null) {
    const names =
      scrape.keep.length === 0 ? '' : `${scrape.keep.map((name) => printable(name)).join(', ')}; `;
    parts.push(
      `${printable(`${scrape.origin ?? ''}${scrape.path}`, 200)} (${names}at most ${scrape.maxSeries} series)`,
    );
  }
  if (process !== null) parts.push(process === 'builtin' ? 'its process' : `process ${process}`);
  return `${parts.join(' and ')}, every ${formatDurationNs(everyNs)}`;
}
