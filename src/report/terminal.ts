import { Chalk } from 'chalk';
import { actualOf, labelOf, latencyColumns, latencyRows, marginOf, metricLines } from './rows.ts';
import { compactTable } from './compact-table.ts';
import { resultsOf } from './reporter.ts';
import { serverTable } from './server-rows.ts';
import { slowestLines } from './slowest.ts';
import { plain } from './text.ts';
import { variantColumns, variantRows } from './variant-rows.ts';
import { formatDurationNs } from '../model/units.ts';
import type { ChalkInstance } from 'chalk';
import type { Reporter } from './reporter.ts';
import type { Outcome, RunResult, TargetOutcome, TargetResult, Validity, Verdict } from '../model/result.ts';

/** For a person at a terminal: each run's latencies, metrics and errors, then every target, then the verdict. */
export const terminal: Reporter = (document, { colourLevel, width }) => {
  const chalk = new Chalk({ level: colourLevel });
  const parts = resultsOf(document).map((result) => runText(result, chalk));
  return `${[...parts, targetsText(document.verdict, chalk, width), verdictText(document.verdict, chalk)].filter((part) => part !== '').join('\n\n')}\n`;
};

function runText(result: RunResult, chalk: ChalkInstance): string {
  const { scenario, validity } = result;
  const head = `${chalk.bold(plain(scenario.name))}  ${chalk.dim(`${scenario.kind}, ${formatDurationNs(result.durationNs)}, seed ${scenario.seed}`)}${result.complete ? '' : chalk.yellow(`  ${result.aborted === undefined ? 'interrupted' : 'aborted'}: partial results`)}`;
  return [
    head,
    latencyTable(result, chalk),
    variantText(result, chalk),
    serverText(result, chalk),
    ...metricText(result, chalk),
    ...errorText(result, chalk),
    ...slowestText(result, chalk),
    ...validityText(validity, chalk),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function latencyTable(result: RunResult, chalk: ChalkInstance): string {
  const rows = latencyRows(result);
  if (rows.length === 0) return '';
  const table = compactTable(
    {
      titles: ['', 'metric', 'samples', 'throughput', ...latencyColumns],
      words: [2, 0],
      rows: rows.map(({ label, metric, count, throughput, values }) => [
        label,
        chalk.dim(metric),
        count,
        throughput,
        ...values,
      ]),
    },
    chalk,
  );
  const told = rows.flatMap(({ label, note }) =>
    note === null ? [] : [`${label === '' ? '' : `${label}: `}${note}`],
  );
  const notes = [...new Set(told)];
  return [table, ...notes.map((note) => chalk.dim(`  ${plain(note)}`))].join('\n');
}

/** Every variant beside the reference. */
function variantText(result: RunResult, chalk: ChalkInstance): string {
  const titles = [`against ${plain(result.scenario.reference ?? '')}`, '', ...variantColumns];
  const rows = variantRows(result).map(({ label, statistic, value, reference, ratio, interval }) => [
    label,
    chalk.dim(statistic),
    value,
    reference,
    chalk.bold(ratio),
    interval,
  ]);
  return compactTable({ titles, words: [2, 0], rows }, chalk);
}

/** What was read of the server, over all measured phases. */
function serverText(result: RunResult, chalk: ChalkInstance): string {
  const told = serverTable(result);
  if (told === null) return '';
  const rows = told.rows.map(({ name, values }) => [name, ...values]);
  const table = compactTable({ titles: ['server', ...told.columns], words: [1, 0], rows }, chalk);
  const more = told.more === 0 ? [] : [chalk.dim(`  and ${told.more} more in the result`)];
  return [table, ...more].join('\n');
}

function metricText(result: RunResult, chalk: ChalkInstance): string[] {
  return metricLines(result).map(
    ({ label, text }) => `  ${label === '' ? '' : `${label}: `}${chalk.dim(text)}`,
  );
}

function slowestText(result: RunResult, chalk: ChalkInstance): string[] {
  const lines = slowestLines(result);
  return lines.length === 0 ? [] : ['  slowest', ...lines.map((line) => chalk.dim(`    ${line}`))];
}

function errorText(result: RunResult, chalk: ChalkInstance): string[] {
  return result.errors.slice(0, 10).map((error) => {
    const where = labelOf(error.tags);
    return `  ${chalk.red(`${error.count} x ${plain(error.class)}`)}${where === '' ? '' : ` in ${where}`}: ${plain(error.example)}`;
  });
}

function validityText(validity: Validity, chalk: ChalkInstance): string[] {
  const notes = (validity.notes ?? []).map((note) => chalk.dim(`  note: ${plain(note)}`));
  if (validity.state === 'valid') return notes;
  const colour = validity.state === 'invalid' ? chalk.red : chalk.yellow;
  return [
    ...validity.reasons.map((reason) => colour(`  ${validity.state.toUpperCase()}: ${plain(reason)}`)),
    ...notes,
  ];
}

const marks = {
  pass: { sign: '✓', word: 'pass' },
  fail: { sign: '✗', word: 'FAIL' },
  'no data': { sign: '✗', word: 'NO DATA' },
  underpowered: { sign: '?', word: 'too few samples' },
  warn: { sign: '!', word: 'warning' },
} satisfies Record<TargetOutcome, { sign: string; word: string }>;

/** Every target; empty when there are none. */
export function targetsText(verdict: Verdict, chalk: ChalkInstance, width: number): string {
  if (verdict.targets.length === 0) return '';
  const byScenario = Map.groupBy(verdict.targets, (target) => target.scenario);
  const parts = [...byScenario].flatMap(([scenario, targets]) => [
    ...(byScenario.size > 1 ? [chalk.dim(`  ${plain(scenario)}`)] : []),
    ...targets.flatMap((target) => targetLines(target, chalk, width)),
  ]);
  return [chalk.bold('Targets'), ...parts].join('\n');
}

function targetLines(target: TargetResult, chalk: ChalkInstance, width: number): string[] {
  const mark = marks[target.outcome];
  const colour =
    target.outcome === 'pass'
      ? chalk.green
      : target.outcome === 'warn' || target.outcome === 'underpowered'
        ? chalk.yellow
        : chalk.red;
  const margin = marginOf(target);
  const measured = `${actualOf(target)}${margin === '' ? '' : ` (margin ${margin})`}`;
  const label = labelOf(target.tags);
  const line = `  ${colour(`${mark.sign} ${mark.word}`)}  ${target.id === null ? '' : `${plain(target.id)} `}${plain(target.expr)}${label === '' ? '' : chalk.dim(` [${label}]`)}  ${chalk.bold(measured)}`;
  const why = [target.reason, target.source]
    .flatMap((text) => (text === null ? [] : [plain(text)]))
    .join(' — ');
  return why === '' ? [line] : [line, chalk.dim(`      ${clip(why, Math.max(40, width - 7))}`)];
}

const outcomes = {
  pass: { word: 'PASS', colour: 'green' },
  fail: { word: 'FAIL', colour: 'red' },
  invalid: { word: 'INVALID', colour: 'red' },
  undecided: { word: 'UNDECIDED', colour: 'yellow' },
} as const satisfies Record<Outcome, { word: string; colour: 'green' | 'red' | 'yellow' }>;

/** The outcome in capitals, with its reasons. */
export function verdictText(verdict: Verdict, chalk: ChalkInstance): string {
  const { word, colour } = outcomes[verdict.outcome];
  const passed = verdict.targets.filter((target) => target.outcome === 'pass').length;
  const count =
    verdict.targets.length === 0 ? 'no targets' : `${passed} of ${verdict.targets.length} targets hold`;
  const reasons = verdict.reasons.slice(0, 10).map((reason) => `  ${plain(reason)}`);
  return [`${chalk[colour].bold(word)}  ${count}`, ...reasons].join('\n');
}

function clip(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 3).toWellFormed()}...` : text;
}
