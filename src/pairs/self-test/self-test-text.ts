import { formatDurationNs } from '../../model/units.ts';
import type { SelfTestRate, SelfTestResult } from './summarise.ts';

/** For a person: false alarms, power and the smallest effect that is found. Plain text. */
export function selfTestText(result: SelfTestResult): string {
  const { scenarios, rates, byScenario, settings, looks, detectable, durationNs, environment } = result;
  const several = scenarios.length > 1;
  return `${[
    `gate self-test, ${rates[0]?.comparisons ?? 0} A/A comparisons of ${scenarios.map(({ name }) => name).join(', ')}${result.complete ? '' : ' (interrupted)'}`,
    '',
    titles,
    ...rates.map((rate) => rowOf(rate)),
    ...(several
      ? byScenario.flatMap((one) => ['', `  ${one.scenario}`, ...one.rates.map((rate) => rowOf(rate))])
      : []),
    '',
    result.tooManyFalseAlarms
      ? `  More false alarms than the ${percent(settings.falseAlarm)} that are allowed: this machine is not fit to gate on.`
      : `  False alarms allowed: ${percent(settings.falseAlarm)} of the comparisons.`,
    `  Smallest slow-down found four times out of five: ${detectable === null ? 'not known' : percent(detectable)} (median of the A/A comparisons; a change counts from ${percent(settings.threshold)}).`,
    `  At most ${looks.at(-1)?.pairs ?? 0} pairs a comparison, ${scenarios.map(({ warmupNs, forNs }) => `${formatDurationNs(warmupNs)} + ${formatDurationNs(forNs)}`)[0] ?? ''} a process; ${formatDurationNs(durationNs)} in all.`,
    `  Node ${environment.node}, ${environment.cpuModel}, ${environment.cores} cores, load ${environment.loadAverage1m.toFixed(1)} at the start.`,
    ...result.notes.map((note) => `  ${note}`),
  ].join('\n')}\n`;
}

const widths = [10, 12, 8, 20, 7, 14, 7, 9, 7, 9] as const;
const titles = row([
  'injected',
  'comparisons',
  'fail',
  '95 % interval',
  'pass',
  'inconclusive',
  'unfit',
  'no data',
  'pairs',
  'seen',
]);

function rowOf({
  injected,
  comparisons,
  failed,
  interval,
  outcomes,
  medianPairs,
  seen,
}: SelfTestRate): string {
  const [low, high] = interval;
  return row([
    injected === 0 ? 'nothing' : `+${percent(injected)}`,
    String(comparisons),
    comparisons === 0 ? '-' : percent(failed),
    comparisons === 0 ? '-' : `${percent(low)} to ${percent(high)}`,
    String(outcomes.pass),
    String(outcomes.inconclusive),
    String(outcomes.unfit),
    String(outcomes['no data']),
    medianPairs === null ? '-' : String(medianPairs),
    seen === null ? '-' : `${seen >= 0 ? '+' : ''}${percent(seen)}`,
  ]);
}

function row(cells: readonly string[]): string {
  return `  ${cells.map((cell, index) => cell.padStart(widths[index] ?? 8)).join(' ')}`.trimEnd();
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}
