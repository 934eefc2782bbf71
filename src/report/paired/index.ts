import { jsonText } from '../json-text.ts';
import { pairedGithub } from './paired-github.ts';
import { pairedJunit } from './paired-junit.ts';
import { pairedMarkdown } from './paired-markdown.ts';
import { pairedTerminal } from './paired-terminal.ts';
import type { PairedReporter } from './paired-reporter.ts';

/** Every reporter of a paired run, by the names that `--reporter` and `perfkit report --format` take. */
export const pairedReporters = {
  terminal: pairedTerminal,
  markdown: pairedMarkdown,
  json: jsonText,
  github: pairedGithub,
  junit: pairedJunit,
} satisfies Record<string, PairedReporter>;

/** File names of the reporters' output. */
export const pairedFiles: Readonly<Record<keyof typeof pairedReporters, string>> = {
  terminal: 'report.txt',
  markdown: 'report.md',
  json: 'paired.json',
  github: 'annotations.txt',
  junit: 'junit.xml',
};
