import { checkMachine } from './check-machine.ts';
import { decideFamily } from './decide-family.ts';
import { draftPaired } from './draft-paired.ts';
import { pairedOutcome } from './paired-outcome.ts';
import type { PairedDecision, PairedLook, PairedRun, SeriesDecision } from '../../model/paired.ts';
import type { FamilyErrors } from './decide-family.ts';
import type { PairedDraft } from './draft-paired.ts';

/** What of a run its decision is made of. */
export type PairedEvidence = Pick<
  PairedRun,
  'settings' | 'looks' | 'pairs' | 'control' | 'series' | 'environment' | 'validity'
>;

/**
 * What the first pairs of a run say, up to those of one of its looks (an index): pure, so that a saved run is decided
 * again as it was. A run stops at the first look at which it passes or fails. Throws RangeError when there is no such
 * look.
 */
export function decidePaired(run: PairedEvidence, look: number): PairedDecision {
  const at = run.looks[look];
  if (at === undefined)
    throw new RangeError(`Expected \`look\` to be an index of ${run.looks.length} looks, got \`${look}\``);
  const pairs = Math.min(at.pairs, run.pairs.length);
  const controls = controlsBefore(run, pairs);
  const drafts = run.series.map((series) => draftPaired(series, { pairs, controls }, run));
  const errors = errorsAt(run, at);
  const machine = checkMachine(drafts, run.pairs, errors.falseAlarm);
  const series = decideAll(drafts, errors);
  const missing = at.pairs - pairs;
  return {
    ...pairedOutcome(series, { machine, validity: run.validity, missing, planned: at.pairs }),
    notes: [
      ...(run.validity.state === 'suspect' ? run.validity.reasons : []),
      ...(run.validity.notes ?? []),
      ...machine.notes,
    ],
    look,
    pairs,
    controls,
    series,
  };
}

/** Controls that were done by the time of the last of the pairs, so that an early look does not see later ones. */
function controlsBefore({ pairs, control }: PairedEvidence, done: number): number {
  const next = pairs[done]?.startNs ?? Infinity;
  return control.filter(({ startNs }) => startNs < next).length;
}

function errorsAt({ settings, looks }: PairedEvidence, { share }: PairedLook): FamilyErrors {
  return {
    falseAlarm: settings.falseAlarm * share,
    wrongSide: settings.wrongSide * share,
    lastWrongSide: settings.wrongSide * (looks.at(-1)?.share ?? share),
  };
}

/** Series that decide share one chance of a false alarm, those that are only shown another. */
function decideAll(drafts: readonly PairedDraft[], errors: FamilyErrors): SeriesDecision[] {
  const decided = new Map<PairedDraft, SeriesDecision>();
  for (const gated of [true, false]) {
    const family = drafts.filter(({ row }) => row.gated === gated);
    const rows = decideFamily(family, errors);
    for (const [index, draft] of family.entries()) {
      const row = rows[index];
      if (row !== undefined) decided.set(draft, row);
    }
  }
  return drafts.flatMap((draft) => decided.get(draft) ?? []);
}
