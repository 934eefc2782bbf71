import { describeTags } from '../verdict.ts';
import { exitCodes } from '../../model/errors.ts';
import type {
  PairedChange,
  PairedDecision,
  PairedOutcome,
  PairedSettings,
  SeriesDecision,
} from '../../model/paired.ts';
import type { Validity } from '../../model/result.ts';
import type { MachineCheck } from './check-machine.ts';

interface Circumstances {
  readonly machine: MachineCheck;
  readonly validity: Validity;
  /** Pairs of those planned for the look that were not measured. */
  readonly missing: number;
  readonly planned: number;
}

/** What the series that decide say together, worst first. The absence of data is never a pass. */
export function pairedOutcome(
  series: readonly SeriesDecision[],
  { machine, validity, missing, planned }: Circumstances,
): Pick<PairedDecision, 'outcome' | 'reasons'> {
  if (validity.state === 'invalid') return { outcome: 'unfit', reasons: validity.reasons };
  if (machine.faults.length > 0) return { outcome: 'unfit', reasons: machine.faults };
  const gated = series.filter((row) => row.gated);
  const lacking = gated.filter(({ verdict }) => verdict === 'no data').map(reasonOf);
  if (missing > 0) {
    const reason = `${planned - missing} of ${planned} pairs were measured`;
    return { outcome: 'no data', reasons: [reason, ...lacking] };
  }
  const worse = gated.filter(({ verdict }) => verdict === 'worse').map(reasonOf);
  if (worse.length > 0) return { outcome: 'fail', reasons: [...worse, ...lacking] };
  if (gated.length === 0) return { outcome: 'no data', reasons: ['there is no series that decides'] };
  if (lacking.length > 0) return { outcome: 'no data', reasons: lacking };
  const open = gated.filter(({ notWorse }) => !notWorse);
  if (open.length > 0) return { outcome: 'inconclusive', reasons: open.map(reasonOf) };
  return { outcome: 'pass', reasons: gated.filter(({ verdict }) => verdict === 'better').map(reasonOf) };
}

/**
 * Exit code of a paired run: 0 pass, 4 fail, 0 inconclusive (5 when `strict`), 5 unfit, no data or not decided. Of
 * several runs the highest counts.
 */
export function pairedExitCode({
  decision,
  settings,
}: {
  readonly decision: PairedDecision | null;
  readonly settings: Pick<PairedSettings, 'strict'>;
}): number {
  const outcome = decision?.outcome ?? 'no data';
  return outcome === 'inconclusive' && settings.strict ? exitCodes.invalid : codes[outcome];
}

const codes = {
  pass: exitCodes.pass,
  fail: exitCodes.regression,
  inconclusive: exitCodes.pass,
  'no data': exitCodes.invalid,
  unfit: exitCodes.invalid,
} satisfies Record<PairedOutcome, number>;

function reasonOf({ verdict, metric, tags, statistic, change, reason }: SeriesDecision): string {
  const size = verdict === 'worse' || verdict === 'better' ? sizeOf(change) : '';
  return `${verdict}: ${metric}${describeTags(tags)} ${statistic}${size}${reason === null ? '' : ` (${reason})`}`;
}

/** ` by +7.0% (+5.1% to +9.8%)`; nothing for a difference, which is told in its unit elsewhere. */
function sizeOf(change: PairedChange | null): string {
  if (change === null || change.scale !== 'ratio') return '';
  const percent = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}%`;
  const interval = change.interval === null ? '' : ` (${change.interval.map(percent).join(' to ')})`;
  return ` by ${percent(change.estimate)}${interval}`;
}
