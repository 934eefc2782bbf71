import type { Evidence, PhaseEvidence } from '../engine/evidence.ts';

/**
 * What several generator threads saw of themselves, as one: operations are added up, and of how well a thread kept
 * time, how busy and how blocked it was, the worst one counts.
 */
export function mergeEvidence(parts: readonly [Evidence, ...Evidence[]]): Evidence {
  const [first] = parts;
  const names = [...new Set(parts.flatMap(({ phases }) => phases.map(({ name }) => name)))];
  const errors: Record<string, number> = {};
  for (const part of parts)
    for (const [name, count] of Object.entries(part.errors)) errors[name] = (errors[name] ?? 0) + count;
  return {
    pacing: first.pacing,
    phases: names.flatMap((name) =>
      mergePhase(parts.flatMap(({ phases }) => phases.filter((one) => one.name === name))),
    ),
    errors,
    maxTickLateNs: most(parts, ({ maxTickLateNs }) => maxTickLateNs),
    maxClockStepNs: most(parts, ({ maxClockStepNs }) => maxClockStepNs),
  };
}

function mergePhase(parts: readonly PhaseEvidence[]): PhaseEvidence[] {
  const [first] = parts;
  if (first === undefined) return [];
  const sum = (of: (part: PhaseEvidence) => number): number => parts.reduce((all, part) => all + of(part), 0);
  // lateness is held against the quickest thread's responses; 0 is none
  const quickest = (of: (part: PhaseEvidence) => number): number => {
    const values = parts.map(of).filter((ns) => ns > 0);
    return values.length === 0 ? 0 : Math.min(...values);
  };
  return [
    {
      ...first,
      durationNs: most(parts, ({ durationNs }) => durationNs),
      totals: {
        arrivals: sum(({ totals }) => totals.arrivals),
        ok: sum(({ totals }) => totals.ok),
        errors: sum(({ totals }) => totals.errors),
        dropped: sum(({ totals }) => totals.dropped),
        cut: sum(({ totals }) => totals.cut),
      },
      intended: sum(({ intended }) => intended),
      started: sum(({ started }) => started),
      lagP50Ns: most(parts, ({ lagP50Ns }) => lagP50Ns),
      lagP99Ns: most(parts, ({ lagP99Ns }) => lagP99Ns),
      responseP50Ns: quickest(({ responseP50Ns }) => responseP50Ns),
      responseP99Ns: quickest(({ responseP99Ns }) => responseP99Ns),
      cpu: most(parts, ({ cpu }) => cpu),
      seconds: most(parts, ({ seconds }) => seconds),
      blockedSeconds: most(parts, ({ blockedSeconds }) => blockedSeconds),
      maxLoopDelayNs: most(parts, ({ maxLoopDelayNs }) => maxLoopDelayNs),
    },
  ];
}

function most<T>(parts: readonly T[], of: (part: T) => number): number {
  return Math.max(...parts.map(of));
}
