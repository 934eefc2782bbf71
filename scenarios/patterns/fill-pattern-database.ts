import { execFile } from 'node:child_process';
import { constants, copyFileSync, existsSync, renameSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MakeOptions } from './make-patterns.ts';
import { sharedFolder } from './shared-folder.ts';

export interface FillOptions extends MakeOptions {
  readonly path: string;
  readonly count: number;
  readonly bodyBytes: number;
}

/** The same patterns in every round and scenario: what rounds differ in is the order of operations. */
const seed = 7;

/** A database of patterns: filled once for all rounds of a run (a second for 100,000), then copied. */
export async function fillPatternDatabase(options: FillOptions): Promise<void> {
  const { path, count, bodyBytes, byPopularity = false } = options;
  const folder = sharedFolder();
  if (folder === null) return fill(options);
  const template = join(folder, `${count}-${bodyBytes}-${byPopularity ? 'popular' : 'plain'}.db`);
  if (!existsSync(template)) {
    const unfinished = `${template}.${process.pid}`;
    await fill({ ...options, path: unfinished });
    renameSync(unfinished, template);
  }
  copyFileSync(template, path, constants.COPYFILE_FICLONE);
}

/**
 * By a process of its own, whose heap is not charged to the one that is measured, and without indexes, which are then
 * made at once: half the time of keeping them up row by row.
 */
async function fill(options: FillOptions): Promise<void> {
  const script = fileURLToPath(new URL(`./fill-database-child${extname(import.meta.url)}`, import.meta.url));
  // Only warnings and errors are worth seeing.
  await promisify(execFile)(process.execPath, [script, JSON.stringify({ ...options, seed })]);
}
