import { jsonText } from '../json-text.ts';
import { capacitiesMarkdown } from './capacities-markdown.ts';
import { capacitiesTerminal } from './capacities-terminal.ts';
import { capacityMarkdown } from './capacity-markdown.ts';
import { capacityTerminal } from './capacity-terminal.ts';
import type { CapacitiesReporter, CapacityReporter } from './capacity-reporter.ts';

/** Every reporter of a capacity search, by the names that `perfkit report --format` takes. */
export const capacityReporters = {
  terminal: capacityTerminal,
  markdown: capacityMarkdown,
  json: jsonText,
} satisfies Record<string, CapacityReporter>;

/** Likewise of the searches of several subjects. */
export const capacitiesReporters = {
  terminal: capacitiesTerminal,
  markdown: capacitiesMarkdown,
  json: jsonText,
} satisfies Record<keyof typeof capacityReporters, CapacitiesReporter>;

/** File names of the reporters whose output is a file of its own. */
export const capacityFiles: Readonly<Record<keyof typeof capacityReporters, string>> = {
  terminal: 'capacity.txt',
  markdown: 'capacity.md',
  json: 'capacity.json',
};
