import { capacityMarkdown } from './capacity-markdown.ts';
import { capacityTerminal } from './capacity-terminal.ts';
import type { CapacityReporter } from './capacity-reporter.ts';

/** Every reporter of a capacity search, by the names that `perfkit report --format` takes. */
export const capacityReporters = {
  terminal: capacityTerminal,
  markdown: capacityMarkdown,
  json: (result) => `${JSON.stringify(result)}\n`,
} satisfies Record<string, CapacityReporter>;

/** File names of the reporters whose output is a file of its own. */
export const capacityFiles: Readonly<Record<keyof typeof capacityReporters, string>> = {
  terminal: 'capacity.txt',
  markdown: 'capacity.md',
  json: 'capacity.json',
};
