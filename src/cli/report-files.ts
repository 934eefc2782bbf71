import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folderReporters, reportFiles, reporters, writeFileAtomic } from '../index.ts';
import { PerfkitError } from '../model/errors.ts';
import { sourcePathIn } from './ci/source-path.ts';
import type { FolderReporterName, ReporterName, RunResult, SuiteResult } from '../index.ts';

/** A reporter of one text, or of a folder of them. */
export type AnyReporterName = ReporterName | FolderReporterName;

/** All names that `--reporter` and `--format` take. */
const reporterNames: readonly string[] = [...Object.keys(reporters), ...Object.keys(folderReporters)];

/** The reporter of that name. Throws PerfkitError when there is none. */
export function toReporterName(name: string, flag: string): AnyReporterName {
  if (isReporter(name) || isFolderReporter(name)) return name;
  const expected = reporterNames.join(', ');
  throw new PerfkitError('usage', `expected one of ${expected} after ${flag}, got "${name.slice(0, 100)}"`);
}

/** What the reporters will write into the folder of a run, as far as it is known before. */
export function filesOf(names: readonly AnyReporterName[]): string[] {
  return names.filter(isReporter).map((name) => reportFiles[name]);
}

/** Write one report into the folder of a run, under its usual name. Throws PerfkitError. */
export async function writeReport(
  folder: string,
  name: AnyReporterName,
  document: RunResult | SuiteResult,
): Promise<void> {
  if (isFolderReporter(name)) return await writeFolderReport(join(folder, name), name, document);
  const options = { colourLevel: 0, width: 120, sourcePath: sourcePathIn() } as const;
  await writeFileAtomic(join(folder, reportFiles[name]), reporters[name](document, options));
}

/** Write the files of a report into a folder, which is made when it is missing. Throws PerfkitError. */
export async function writeFolderReport(
  folder: string,
  name: FolderReporterName,
  document: RunResult | SuiteResult,
): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new PerfkitError('io', `cannot make the folder ${folder}: choose another`, { cause });
  });
  for (const file of folderReporters[name](document))
    await writeFileAtomic(join(folder, file.name), file.text);
}

export function isReporter(name: string): name is ReporterName {
  return Object.hasOwn(reporters, name);
}

function isFolderReporter(name: string): name is FolderReporterName {
  return Object.hasOwn(folderReporters, name);
}
