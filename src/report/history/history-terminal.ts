import { Chalk } from 'chalk';
import { compactTable } from '../compact-table.ts';
import { plain } from '../text.ts';
import { apartText, changeLines, groupText, trendRows } from './history-rows.ts';
import type { ChalkInstance } from 'chalk';
import type { HistoryGroup, ScenarioHistory } from '../../model/history.ts';
import type { HistoryReporter } from './history-reporter.ts';

/** For a person at a terminal: each scenario's series, and below them where their levels changed. */
export const historyTerminal: HistoryReporter = ({ file, notes, scenarios }, { colourLevel }) => {
  const chalk = new Chalk({ level: colourLevel });
  return `${[
    ...scenarios.flatMap((scenario) => [
      ...scenario.groups.map((group) => groupBlock(scenario, group, chalk)),
      '',
    ]),
    chalk.dim(plain(file)),
    ...notes.map((note) => chalk.yellow(`note: ${plain(note)}`)),
  ].join('\n')}\n`;
};

function groupBlock(scenario: ScenarioHistory, group: HistoryGroup, chalk: ChalkInstance): string {
  const apart = apartText(scenario, group);
  const changes = changeLines(group);
  return [
    `${chalk.bold(plain(scenario.name))}  ${chalk.dim(groupText(group))}`,
    ...(apart === null ? [] : [chalk.yellow(`  ${apart}`)]),
    tableOf(group, chalk),
    ...changes.map(({ direction, label, what, size, between, p }) => {
      const name = [label, plain(what)].filter((part) => part !== '').join(' ');
      return `  ${chalk[direction === 'worse' ? 'red' : 'green'](direction)}: ${name}, ${size}, between ${between}, ${p}`;
    }),
    ...(changes.length === 0 ? [chalk.dim(noChange(group))] : []),
  ].join('\n');
}

/** A change takes three runs on either side. */
function noChange({ runs }: HistoryGroup): string {
  return runs < 6 ? '  a change of level shows from six runs on' : '  no level changed';
}

function tableOf(group: HistoryGroup, chalk: ChalkInstance): string {
  const titles = ['', '', '', 'latest', 'previous', 'median of 10'];
  const rows = trendRows(group).map(({ label, what, line, latest, sincePrevious, sinceMedian }) => [
    label,
    plain(what),
    line,
    latest,
    sincePrevious,
    sinceMedian,
  ]);
  return compactTable({ titles, words: [3, 0], rows }, chalk);
}
