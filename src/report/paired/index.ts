import { pairedMarkdown } from './paired-markdown.ts';
import { pairedTerminal } from './paired-terminal.ts';
import type { PairedReporter } from './paired-reporter.ts';

/** Every reporter of a paired run, by the names that `--reporter` and `perfkit report --format` take. */
export const pairedReporters = {
  terminal: pairedTerminal,
  markdown: pairedMarkdown,
  // what a CI runner would take for a command in the middle of a line is written with an escape
  json: (run) => `${JSON.stringify(run).replace(/##(?=\w*\[)/g, '#\\u0023')}\n`,
} satisfies Record<string, PairedReporter>;

/** File names of the reporters' output. */
export const pairedFiles: Readonly<Record<keyof typeof pairedReporters, string>> = {
  terminal: 'report.txt',
  markdown: 'report.md',
  json: 'paired.json',
};
