import { Chalk } from 'chalk';
import { compactTable } from '../compact-table.ts';
import { plain } from '../text.ts';
import { armText, methodLines, pairedRows, undecidedReason } from './paired-rows.ts';
import type { ChalkInstance } from 'chalk';
import type { PairedOutcome, PairedVerdict } from '../../model/paired.ts';
import type { PairedReporter } from './paired-reporter.ts';
import type { PairedRow } from './paired-rows.ts';

/** For a person at a terminal: the outcome with its reasons first, then the series, those that decide above. */
export const pairedTerminal: PairedReporter = (run, { colourLevel }) => {
  const chalk = new Chalk({ level: colourLevel });
  const { decision, base, head, scenario } = run;
  const { word, colour } = outcomes[decision?.outcome ?? 'no data'];
  const reasons = decision === null ? [undecidedReason(run)] : decision.reasons;
  const { decisive, others } = pairedRows(decision?.series ?? []);
  return `${[
    `${chalk[colour].bold(word)}  ${chalk.bold(plain(scenario.name))}  ${plain(armText(base))} -> ${plain(armText(head))}`,
    ...listed(reasons),
    ...tableOf(decisive, chalk),
    ...(others.length === 0 ? [] : [chalk.dim('  does not decide:'), ...tableOf(others, chalk)]),
    '',
    ...listed(decision?.notes ?? []).map((note) => chalk.yellow(note)),
    ...methodLines(run).map((line) => chalk.dim(`  ${plain(line)}`)),
  ].join('\n')}\n`;
};

const maxListed = 20;

function listed(texts: readonly string[]): string[] {
  const more = texts.length - maxListed;
  return [
    ...texts.slice(0, maxListed).map((text) => `  ${plain(text)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

const outcomes = {
  pass: { word: 'PASS', colour: 'green' },
  fail: { word: 'FAIL', colour: 'red' },
  inconclusive: { word: 'INCONCLUSIVE', colour: 'yellow' },
  'no data': { word: 'NO DATA', colour: 'red' },
  unfit: { word: 'UNFIT MACHINE', colour: 'red' },
} as const satisfies Record<PairedOutcome, { word: string; colour: 'green' | 'red' | 'yellow' }>;

const colours = {
  better: 'green',
  same: 'green',
  worse: 'red',
  'cannot tell': 'yellow',
  descriptive: 'dim',
  'no data': 'red',
} as const satisfies Record<PairedVerdict, 'green' | 'red' | 'yellow' | 'dim'>;

function tableOf(rows: readonly PairedRow[], chalk: ChalkInstance): string[] {
  if (rows.length === 0) return [];
  const titles = ['', '', '', 'base', 'head', 'change', 'interval', 'threshold', 'found from', ''];
  const cells = rows.map((row) => [
    chalk[colours[row.verdict]](row.verdict),
    row.label,
    plain(row.what),
    row.base,
    row.head,
    row.change,
    row.interval,
    row.threshold,
    row.detectable,
    chalk.dim(plain(row.reason)),
  ]);
  return ['', compactTable({ titles, words: [3, 1], rows: cells }, chalk)];
}
