import { markdownCode, markdownText } from '../text.ts';
import { formatDurationNs, formatRatio } from '../../model/units.ts';
import { capacityChart } from './capacity-chart.ts';
import { capacityColumns, capacityRows, capacityText } from './capacity-rows.ts';
import type { CapacityOutcome, CapacityResult, StepOutcome } from '../../model/capacity.ts';
import type { CapacityReporter } from './capacity-reporter.ts';

/** For a pull request or a file: the capacity first, then the steps and the chart. */
export const capacityMarkdown: CapacityReporter = (result) => {
  const { scenario, search, environment, started } = result;
  const chart = capacityChart(result);
  return [
    `# Capacity of ${markdownText(scenario.name)}: ${outcomes[result.outcome]} ${capacityText(result)}`,
    list(result.reasons),
    stepTable(result),
    chart.length === 0 ? '' : `\`\`\`text\n${chart.join('\n')}\n\`\`\``,
    `## Held against every step\n\n${targetList(result)}`,
    list(result.notes),
    `Steps of ${formatDurationNs(search.stepNs)} after ${formatDurationNs(search.warmupNs)} of warm-up, a soak of ${formatDurationNs(search.soakNs)}, to within ${formatRatio(search.precision)}; seed ${scenario.seed}, scenario ${markdownCode(scenario.hash)}.`,
    `---\n\n${markdownText(started)}, Node ${markdownText(environment.node)}, ${environment.cores} cores of ${markdownText(environment.cpuModel)}, environment ${markdownCode(environment.fingerprint)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
};

const outcomes = {
  found: '✅',
  'too slow': '❌ too slow,',
  generator: '⚠️ the generator was the limit,',
  undecided: '❔ undecided,',
  interrupted: '❔ interrupted,',
} satisfies Record<CapacityOutcome, string>;

const marks = {
  pass: '✅ holds',
  fail: '❌ fails',
  invalid: '⚠️ invalid',
} satisfies Record<StepOutcome, string>;

function stepTable({ steps }: CapacityResult): string {
  if (steps.length === 0) return '_No step was run to its end._';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line([...capacityColumns, '', '']),
    line([...capacityColumns.map(() => '---:'), '---', '---']),
    ...capacityRows(steps).map(({ cells, outcome, what, reasons }) =>
      line([
        ...cells.map(markdownText),
        [marks[outcome], what].filter((text) => text !== '').join(', '),
        outcome === 'pass' ? '' : markdownText(reasons[0] ?? ''),
      ]),
    ),
  ].join('\n');
}

function targetList({ targets }: CapacityResult): string {
  return targets
    .map(({ expr, source, fromScenario }) =>
      [
        `- ${markdownCode(expr)}`,
        fromScenario ? '' : '(default)',
        source === null ? '' : `— ${markdownText(source)}`,
      ]
        .filter((text) => text !== '')
        .join(' '),
    )
    .join('\n');
}

function list(texts: readonly string[]): string {
  return texts.map((text) => `- ${markdownText(text)}`).join('\n');
}
