import type { TargetResult } from '../../model/result.ts';

/** Those that fail a run before those that only warn, what failed before what could not be told, the farthest off first. */
export function worstFirst(targets: readonly TargetResult[]): TargetResult[] {
  return targets.toSorted((a, b) => urgency(a) - urgency(b) || marginOf(a) - marginOf(b));
}

function urgency({ severity, outcome }: TargetResult): number {
  return (severity === 'warn' ? 10 : 0) + order[outcome];
}

const order = {
  fail: 0,
  warn: 0,
  'no data': 1,
  underpowered: 2,
  pass: 3,
} as const satisfies Record<TargetResult['outcome'], number>;

function marginOf({ margin }: TargetResult): number {
  return margin ?? -Number.MAX_VALUE;
}
