import { describeTags } from '../verdict.ts';
import { centreOf } from './series-evidence.ts';
import type { PairedSlot } from '../../model/paired.ts';
import type { PairedDraft, PairedSample } from './draft-paired.ts';

/** What the controls and the order of the pairs say of the machine. */
export interface MachineCheck {
  /** Why no verdict of it counts; empty when it does. */
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The controls are the base against itself: where they show a change beyond the threshold, whatever the pairs show is no
 * news of the code. That the second process of a pair is always the slower one is only noted: the order is drawn, so it
 * makes the pairs differ more and not one side worse. `falseAlarm` is the chance of any false alarm over all series.
 */
export function checkMachine(
  drafts: readonly PairedDraft[],
  pairs: readonly PairedSlot[],
  falseAlarm: number,
): MachineCheck {
  const gated = drafts.filter(({ row, sample }) => row.gated && sample !== null);
  // to either side
  const error = falseAlarm / 2 / Math.max(1, gated.length);
  const found = (changes: (sample: PairedSample) => readonly number[], text: string): string[] =>
    gated.flatMap(({ row, sample }) => {
      const change = sample === null ? null : shownBeyond(changes(sample), sample.scale.limit, error);
      if (sample === null || change === null) return [];
      const name = `${row.metric}${describeTags(row.tags)} ${row.statistic}`;
      return [`${text} in ${name}${sizeOf(change, sample)}`];
    });
  return {
    faults: found(({ control }) => control, 'the controls tell the base from itself'),
    notes: found(
      ({ worsening }) => worsening.map((value, index) => (isSwapped(pairs[index]) ? -value : value)),
      'the second process of a pair differs from the first',
    ),
  };
}

function isSwapped(slot: PairedSlot | undefined): boolean {
  return slot?.order === 'head first';
}

/** The change that differences show, where that is more than the limit to either side; else null. */
function shownBeyond(differences: readonly number[], limit: number, error: number): number | null {
  const centre = centreOf(differences, error);
  if (centre === null) return null;
  return Math.min(centre.above(limit), centre.below(-limit)) <= error ? centre.estimate() : null;
}

function sizeOf(worsening: number, { scale, direction }: PairedSample): string {
  const change = scale.tell(direction * worsening);
  if (scale.scale === 'difference') return '';
  return `: by ${change > 0 ? '+' : ''}${(change * 100).toFixed(1)}%`;
}
