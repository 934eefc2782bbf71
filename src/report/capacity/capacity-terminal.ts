import { Chalk } from 'chalk';
import { compactTable } from '../compact-table.ts';
import { plain } from '../text.ts';
import { formatDurationNs, formatRatio } from '../../model/units.ts';
import { capacityChart } from './capacity-chart.ts';
import { capacityColumns, capacityRows, capacityText } from './capacity-rows.ts';
import type { ChalkInstance } from 'chalk';
import type { CapacityOutcome, CapacityResult, StepOutcome } from '../../model/capacity.ts';
import type { CapacityReporter } from './capacity-reporter.ts';

/** For a person at a terminal: the steps, the chart, what had to hold, and the capacity. */
export const capacityTerminal: CapacityReporter = (result, { colourLevel }) => {
  const chalk = new Chalk({ level: colourLevel });
  const { scenario, durationNs } = result;
  const head = `${chalk.bold(plain(scenario.name))}  ${chalk.dim(`capacity, ${formatDurationNs(durationNs)}, seed ${scenario.seed}`)}`;
  const parts = [
    [head, stepTable(result, chalk)].join('\n'),
    capacityChart(result).join('\n'),
    targetLines(result, chalk),
    verdictText(result, chalk),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
};

const marks = {
  pass: { text: '✓ holds', colour: 'green' },
  fail: { text: '✗ fails', colour: 'red' },
  invalid: { text: '! invalid', colour: 'yellow' },
} as const satisfies Record<StepOutcome, { text: string; colour: 'green' | 'red' | 'yellow' }>;

function stepTable({ steps }: CapacityResult, chalk: ChalkInstance): string {
  if (steps.length === 0) return chalk.dim('  no step was run to its end');
  const rows = capacityRows(steps).map(({ cells, outcome, what }) => {
    const { text, colour } = marks[outcome];
    return [...cells, chalk[colour](text), chalk.dim(what)];
  });
  return compactTable({ titles: [...capacityColumns, '', ''], words: [0, 2], rows }, chalk);
}

function targetLines({ targets, notes, search }: CapacityResult, chalk: ChalkInstance): string {
  return [
    chalk.bold('Held against every step'),
    ...targets.map(
      ({ expr, source, fromScenario }) =>
        `  ${plain(expr)}${fromScenario ? '' : chalk.dim('  (default)')}${source === null ? '' : chalk.dim(`  ${plain(source)}`)}`,
    ),
    chalk.dim(
      `  steps of ${formatDurationNs(search.stepNs)} after ${formatDurationNs(search.warmupNs)} of warm-up, to within ${formatRatio(search.precision)}`,
    ),
    ...notes.map((note) => chalk.dim(`  ${plain(note)}`)),
  ].join('\n');
}

const outcomes = {
  found: { word: 'CAPACITY', colour: 'green' },
  'too slow': { word: 'TOO SLOW', colour: 'red' },
  generator: { word: 'GENERATOR LIMIT', colour: 'yellow' },
  undecided: { word: 'UNDECIDED', colour: 'yellow' },
  interrupted: { word: 'INTERRUPTED', colour: 'yellow' },
} as const satisfies Record<CapacityOutcome, { word: string; colour: 'green' | 'red' | 'yellow' }>;

function verdictText(result: CapacityResult, chalk: ChalkInstance): string {
  const { word, colour } = outcomes[result.outcome];
  const reasons = result.reasons.slice(0, 10).map((reason) => `  ${plain(reason)}`);
  return [`${chalk[colour].bold(word)}  ${chalk.bold(capacityText(result))}`, ...reasons].join('\n');
}
