import { Chalk } from 'chalk';
import { compactTable } from '../compact-table.ts';
import { plain } from '../text.ts';
import { comparisonRows, settingsLine } from './comparison-rows.ts';
import type { ChalkInstance } from 'chalk';
import type { ComparisonOutcome, ScenarioComparison, SeriesVerdict } from '../../model/comparison.ts';
import type { ComparisonReporter } from './comparison-reporter.ts';
import type { ComparisonRow } from './comparison-rows.ts';

/** For a person at a terminal: each scenario's series, those that decide first, and the outcome last. */
export const comparisonTerminal: ComparisonReporter = (comparison, { colourLevel }) => {
  const chalk = new Chalk({ level: colourLevel });
  const { word, colour } = outcomes[comparison.outcome];
  const { base, head } = comparison;
  return `${[
    `${plain(base.label)} ${chalk.dim(`(${plain(base.started)})`)} -> ${plain(head.label)} ${chalk.dim(`(${plain(head.started)})`)}`,
    chalk.dim(settingsLine(comparison)),
    ...comparison.scenarios.map((scenario) => `\n${scenarioText(scenario, chalk)}`),
    '',
    `${chalk[colour].bold(word)}${comparison.advisory ? chalk.yellow('  advisory: the two differ in what must be the same') : ''}`,
    ...comparison.reasons.slice(0, maxReasons).map((reason) => `  ${plain(reason)}`),
    ...(comparison.reasons.length > maxReasons
      ? [`  and ${comparison.reasons.length - maxReasons} more`]
      : []),
  ].join('\n')}\n`;
};

const maxReasons = 20;

const outcomes = {
  better: { word: 'BETTER', colour: 'green' },
  same: { word: 'SAME', colour: 'green' },
  worse: { word: 'WORSE', colour: 'red' },
  'cannot tell': { word: 'CANNOT TELL', colour: 'yellow' },
  refused: { word: 'NOT COMPARABLE', colour: 'red' },
  'no data': { word: 'NO DATA', colour: 'red' },
} as const satisfies Record<ComparisonOutcome, { word: string; colour: 'green' | 'red' | 'yellow' }>;

const colours = {
  better: 'green',
  same: 'green',
  worse: 'red',
  'cannot tell': 'yellow',
  descriptive: 'dim',
  missing: 'red',
  new: 'yellow',
  'no data': 'red',
} as const satisfies Record<SeriesVerdict, 'green' | 'red' | 'yellow' | 'dim'>;

function scenarioText(scenario: ScenarioComparison, chalk: ChalkInstance): string {
  const { decisive, others } = comparisonRows(scenario);
  const { word, colour } = outcomes[scenario.outcome];
  return [
    `${chalk.bold(plain(scenario.name))}  ${chalk[colour](word.toLowerCase())}`,
    ...scenario.differences.map(({ field, base, head }) =>
      chalk.yellow(`  ${plain(field)} differs: ${plain(base)} and ${plain(head)}`),
    ),
    tableOf(decisive, chalk),
    ...(others.length === 0 ? [] : [chalk.dim('  does not decide:'), tableOf(others, chalk)]),
    ...scenario.notes.map((note) => chalk.dim(`  note: ${plain(note)}`)),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function tableOf(rows: readonly ComparisonRow[], chalk: ChalkInstance): string {
  const titles = ['', '', '', 'base', 'head', 'change', 'interval', 'found from', ''];
  const cells = rows.map((row) => [
    chalk[colours[row.verdict]](row.verdict),
    row.label,
    plain(row.what),
    row.base,
    row.head,
    row.change,
    row.interval,
    row.detectable,
    chalk.dim(plain(row.reason ?? '')),
  ]);
  return compactTable({ titles, words: [3, 1], rows: cells }, chalk);
}
