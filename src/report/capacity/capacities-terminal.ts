import { Chalk } from 'chalk';
import { compactTable } from '../compact-table.ts';
import { targetsText, verdictText } from '../terminal.ts';
import { plain } from '../text.ts';
import { formatDurationNs } from '../../model/units.ts';
import { capacitiesColumns, capacitiesRows } from './capacities-rows.ts';
import { capacityTerminal } from './capacity-terminal.ts';
import type { ChalkInstance } from 'chalk';
import type { CapacitiesResult } from '../../model/capacities.ts';
import type { CapacitiesReporter } from './capacity-reporter.ts';

/** For a person at a terminal: the search of each subject, then all of them beside the reference, then the verdict. */
export const capacitiesTerminal: CapacitiesReporter = (result, options) => {
  const { colourLevel, width } = options;
  const chalk = new Chalk({ level: colourLevel });
  const { subjects, verdict } = result;
  const searches = subjects.map(
    (subject) =>
      `${chalk.bold(`subject ${plain(subject.name)}`)}\n${capacityTerminal(subject.result, options).trimEnd()}`,
  );
  const parts = [
    ...searches,
    capacitiesTable(result, chalk),
    targetsText(verdict, chalk, width),
    verdictText(verdict, chalk),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
};

function capacitiesTable(result: CapacitiesResult, chalk: ChalkInstance): string {
  const { scenario, durationNs } = result;
  const head = `${chalk.bold(plain(scenario.name))}  ${chalk.dim(`capacity of ${result.subjects.length} subjects, ${formatDurationNs(durationNs)}`)}`;
  const rows = capacitiesRows(result).map(({ name, outcome, capacity, ratio, interval }) => [
    name,
    outcome,
    chalk.bold(capacity),
    ratio,
    interval,
  ]);
  return [head, compactTable({ titles: ['', ...capacitiesColumns], words: [2, 0], rows }, chalk)].join('\n');
}
