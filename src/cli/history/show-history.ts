import { historyReporters, readHistory, summariseHistory, version, writeFileAtomic } from '../../index.ts';
import { exitCodes } from '../../model/errors.ts';
import { colourLevel } from '../colour.ts';
import { inertLines } from '../errors.ts';
import type { HistoryEntry } from '../../index.ts';

export interface ShowFlags {
  readonly file: string;
  readonly metric?: string;
  readonly last: number;
  readonly format: 'terminal' | 'markdown' | 'json';
  readonly json?: boolean;
  readonly output?: string;
}

/**
 * Show how scenarios went from run to run. Gives the exit code: 0 whatever changed, 5 when there is nothing to show.
 * Throws PerfkitError when the history cannot be read.
 */
export async function showHistory(scenario: string | undefined, flags: ShowFlags): Promise<number> {
  const { file, last, metric = null } = flags;
  const { entries, notes } = await readHistory(file);
  const history = summariseHistory(entries, {
    scenario: scenario ?? null,
    metric,
    last,
    file,
    notes,
    perfkit: version,
  });
  const toFile = flags.output !== undefined;
  const text = historyReporters[flags.json === true ? 'json' : flags.format](history, {
    colourLevel: toFile ? 0 : colourLevel(process.stdout),
    width: process.stdout.columns ?? 120,
  });
  if (history.scenarios.length === 0) {
    process.stderr.write(`perfkit: ${inertLines(whyNothing(entries, scenario, flags))}\n`);
    if (flags.json === true || flags.format === 'json') process.stdout.write(text);
    return exitCodes.invalid;
  }
  if (flags.output === undefined) process.stdout.write(text);
  else await writeFileAtomic(flags.output, text);
  return exitCodes.pass;
}

function whyNothing(
  entries: readonly HistoryEntry[],
  scenario: string | undefined,
  { file, metric }: ShowFlags,
): string {
  if (entries.length === 0) return `no data: the history ${file} holds no run`;
  const runs = entries.filter((entry) => scenario === undefined || entry.scenario === scenario);
  if (runs.length === 0)
    return `no data: no run of ${JSON.stringify(scenario)} in ${file}: it holds ${listed(entries.map((entry) => entry.scenario))}`;
  const metrics = listed(runs.flatMap(({ series }) => series.map((one) => one.metric)));
  return metric === undefined
    ? `no data: no run in ${file} holds a series`
    : `no data: no ${JSON.stringify(metric)} in ${file}: its metrics are ${metrics}`;
}

function listed(names: readonly string[]): string {
  const all = [...new Set(names)].toSorted();
  return `${all.slice(0, 20).join(', ')}${all.length > 20 ? ` and ${all.length - 20} more` : ''}`;
}
