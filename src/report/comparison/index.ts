import { jsonText } from '../json-text.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';
import { comparisonTerminal } from './comparison-terminal.ts';
import type { ComparisonReporter } from './comparison-reporter.ts';

/** Every reporter of a comparison, by the names that `perfkit compare --format` takes. */
export const comparisonReporters = {
  terminal: comparisonTerminal,
  markdown: comparisonMarkdown,
  json: (comparison) => jsonText(comparison),
} satisfies Record<string, ComparisonReporter>;
