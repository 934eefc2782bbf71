import { outcomes, table, targetsTable } from '../markdown.ts';
import { markdownText } from '../text.ts';
import { capacitiesColumns, capacitiesRows } from './capacities-rows.ts';
import { capacityMarkdown } from './capacity-markdown.ts';
import type { CapacitiesReporter } from './capacity-reporter.ts';

/** For a pull request or a file: the verdict and the table first, then the search of each subject. */
export const capacitiesMarkdown: CapacitiesReporter = (result, options) => {
  const { scenario, verdict, subjects } = result;
  const rows = capacitiesRows(result).map(({ name, outcome, capacity, ratio, interval }) =>
    [name, outcome, capacity, ratio, interval].map(markdownText),
  );
  return [
    `# Capacities of ${markdownText(scenario.name)}: ${outcomes[verdict.outcome]}`,
    verdict.reasons.map((reason) => `- ${markdownText(reason)}`).join('\n'),
    table(['', ...capacitiesColumns], rows, 2),
    targetsTable(verdict.targets),
    ...subjects.map(({ name, result: search }) => {
      const text = capacityMarkdown(search, options).replace(/^#+ /gm, (marks) => `#${marks}`);
      return `## Subject ${markdownText(name)}\n\n${text.trimEnd()}`;
    }),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
};
