import { jsonText } from '../json-text.ts';
import { historyMarkdown } from './history-markdown.ts';
import { historyTerminal } from './history-terminal.ts';
import type { HistoryReporter } from './history-reporter.ts';

/** Every reporter of a history, by the names that `perfkit history --format` takes. */
export const historyReporters = {
  terminal: historyTerminal,
  markdown: historyMarkdown,
  json: (history) => jsonText(history),
} satisfies Record<string, HistoryReporter>;
