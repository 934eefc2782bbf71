import { slowestKept } from '../../load/engine/engine.ts';
import type { EngineOutcome } from '../../model/engine.ts';
import type { SlowOperation, Validity } from '../../model/result.ts';

/** How a segment ended. */
export interface SegmentOutcome {
  /** `on round 2` */
  readonly label: string;
  readonly outcome: EngineOutcome;
}

/** The outcome of all segments: the worst validity counts, reasons say which segment they are of. */
export function mergeOutcomes(segments: readonly SegmentOutcome[], complete: boolean): EngineOutcome {
  const all = segments.map(({ outcome }) => outcome);
  const slowest = slowestOf(all.flatMap((outcome) => outcome.slowest ?? []));
  return {
    complete: complete && all.every((outcome) => outcome.complete),
    validity: mergeValidity(segments),
    ...(slowest.length > 0 && { slowest }),
  };
}

function mergeValidity(segments: readonly SegmentOutcome[]): Validity {
  const states = segments.map(({ outcome }) => outcome.validity.state);
  const state = worstFirst.find((one) => states.includes(one)) ?? 'suspect';
  const notes = said(segments, ({ notes: told = [] }) => told);
  const limited = segments.some(({ outcome }) => outcome.validity.limit === 'generator');
  return {
    state,
    reasons: said(segments, ({ reasons }) => reasons),
    ...(limited && { limit: 'generator' }),
    ...(notes.length > 0 && { notes }),
  };
}

const worstFirst = ['invalid', 'suspect', 'valid'] as const;

/** Each text once, with the segments that say it unless all do. */
function said(segments: readonly SegmentOutcome[], of: (validity: Validity) => readonly string[]): string[] {
  const labels = new Map<string, string[]>();
  for (const { label, outcome } of segments)
    for (const text of new Set(of(outcome.validity))) labels.set(text, [...(labels.get(text) ?? []), label]);
  return [...labels].map(([text, own]) =>
    own.length === segments.length ? text : `${own.join(', ')}: ${text}`,
  );
}

function slowestOf(operations: readonly SlowOperation[]): SlowOperation[] {
  const lastedNs = ({ dueNs, endNs }: SlowOperation): number => endNs - dueNs;
  return operations.toSorted((a, b) => lastedNs(b) - lastedNs(a)).slice(0, slowestKept);
}
