import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { terminal } from './terminal.ts';
import type { Reporter } from './reporter.ts';

/** Every reporter by the name that `--reporter` and `perfkit report --format` take. */
export const reporters = { terminal, markdown, json } satisfies Record<string, Reporter>;

export type ReporterName = keyof typeof reporters;

/** File names of the reporters whose output is a file of its own. */
export const reportFiles: Readonly<Record<ReporterName, string>> = {
  terminal: 'report.txt',
  markdown: 'report.md',
  json: 'result.json',
};
