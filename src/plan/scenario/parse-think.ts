import { parseDurationNs } from '../../model/units.ts';
import type { ThinkPlan } from '../../model/plan.ts';

/** `1s`, `1s..3s` (each time as likely as any other) or `exponential(2s)` (its mean); null when it is none of them. */
export function parseThink(text: string): ThinkPlan | null {
  const exponential = /^\s*exponential\((.*)\)\s*$/.exec(text);
  if (exponential !== null) {
    const meanNs = parseDurationNs(exponential[1] ?? '');
    return meanNs === null || meanNs <= 0 ? null : { kind: 'exponential', meanNs };
  }
  const parts = text.split('..');
  if (parts.length > 2) return null;
  const minNs = parseDurationNs(parts[0] ?? '');
  const maxNs = parseDurationNs(parts.at(-1) ?? '');
  if (minNs === null || maxNs === null || minNs < 0 || maxNs < minNs) return null;
  return { kind: 'uniform', minNs, maxNs };
}

/** What a user thinks on the average. */
export function meanThinkNs(think: ThinkPlan | null): number {
  if (think === null) return 0;
  return think.kind === 'uniform' ? (think.minNs + think.maxNs) / 2 : think.meanNs;
}
