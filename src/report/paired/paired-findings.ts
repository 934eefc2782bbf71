import { plain } from '../text.ts';
import { armText, pairedRows, undecidedReason } from './paired-rows.ts';
import type { Finding } from '../ci/findings.ts';
import type { PairedOutcome, PairedRun } from '../../model/paired.ts';
import type { PairedRow } from './paired-rows.ts';

/** What keeps a paired run from passing, worst first; nothing of one that passes. */
export function pairedFindings(run: PairedRun): Finding[] {
  const { decision, scenario, settings } = run;
  const outcome = decision?.outcome ?? 'no data';
  const place = { scenario: plain(scenario.name), file: scenario.file, line: null } as const;
  const level = levelOf(outcome, settings.strict);
  const rows = decision === null || outcome === 'unfit' ? [] : pairedRows(decision.series).decisive;
  const found = rows.flatMap((row): Finding[] => {
    const kind = kinds[row.verdict];
    // where something is worse, what cannot be told is not why the run fails
    const beside = row.verdict === 'cannot tell' && outcome !== 'inconclusive';
    if (level === null || kind === null || beside) return [];
    const subject = `${row.label} ${row.what}`.trim();
    return [{ ...place, level, kind, subject, message: pairedSentence(run, row) }];
  });
  if (level !== null && found.length === 0) {
    const reasons = decision === null ? [undecidedReason(run)] : decision.reasons;
    const message = plain(reasons.join('; ')) || `the outcome is ${outcome}`;
    found.push({
      ...place,
      level,
      kind: outcome === 'unfit' ? 'invalid run' : 'run',
      subject: message,
      message,
    });
  }
  return found;
}

/** `lru op_duration p50: worse, +7.0% (+5.1% to +9.8%), threshold 3.00%, main (1a2b3c4) 1.00us, head 1.07us`. */
export function pairedSentence({ base, head }: Pick<PairedRun, 'base' | 'head'>, row: PairedRow): string {
  const change = row.interval === '' ? row.change : `${row.change} (${row.interval})`;
  const parts = [
    row.verdict,
    change,
    row.threshold === '' ? '' : `threshold ${row.threshold}`,
    `${armText(base)} ${row.base}`,
    `${armText(head)} ${row.head}`,
    row.reason,
  ].filter((part) => part !== '');
  return plain(`${`${row.label} ${row.what}`.trim()}: ${parts.join(', ')}`);
}

function levelOf(outcome: PairedOutcome, strict: boolean): Finding['level'] | null {
  if (outcome === 'pass') return null;
  return outcome === 'inconclusive' && !strict ? 'warning' : 'error';
}

const kinds = {
  worse: 'regression',
  'no data': 'no data',
  'cannot tell': 'cannot tell',
  better: null,
  same: null,
  descriptive: null,
} as const satisfies Record<PairedRow['verdict'], Finding['kind'] | null>;
