import { codeQuality } from './ci/code-quality.ts';
import { github } from './ci/github.ts';
import { gitlab } from './ci/gitlab.ts';
import { junit } from './ci/junit.ts';
import { pullRequest } from './ci/pull-request.ts';
import { csv } from './csv.ts';
import { hgrm } from './hgrm/hgrm.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { terminal } from './terminal.ts';
import type { FolderReporter, Reporter } from './reporter.ts';

/** Every reporter of one text, by the name that `--reporter` and `perfkit report --format` take. */
export const reporters = {
  terminal,
  markdown,
  json,
  'pull-request': pullRequest,
  github,
  gitlab,
  'code-quality': codeQuality,
  junit,
  csv,
} satisfies Record<string, Reporter>;

/** Those of several files, which go to a folder of that name. */
export const folderReporters = { hgrm } satisfies Record<string, FolderReporter>;

export type ReporterName = keyof typeof reporters;
export type FolderReporterName = keyof typeof folderReporters;

/** File names of the reporters whose output is a file of its own. */
export const reportFiles: Readonly<Record<ReporterName, string>> = {
  terminal: 'report.txt',
  markdown: 'report.md',
  json: 'result.json',
  'pull-request': 'pull-request.md',
  github: 'annotations.txt',
  gitlab: 'load-performance.json',
  'code-quality': 'code-quality.json',
  junit: 'junit.xml',
  csv: 'series.csv',
};
