import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PerfkitError, messageOf } from '../model/errors.ts';
import { printable } from '../plan/problems/printable.ts';
import { measureJson } from './measure-json.ts';
import { reasonOf } from './system-reason.ts';
import { version } from './version.ts';
import type { TargetPlan } from '../model/plan.ts';
import type { RunResult, SuiteResult, Verdict } from '../model/result.ts';
import type { Measured } from './measured.ts';

/** Eight hours of load with four steps are 14 MiB, with 18,000 objects and lists, and 140,000 values. */
const maxResultBytes = 128 * 1024 * 1024;
const maxContainers = 400_000;
const maxValues = 10_000_000;

/** How runs that were killed before they were judged get their verdict. */
export interface Judging {
  readonly judge: (measured: Measured, targets: readonly TargetPlan[]) => Verdict;
  readonly combine: (verdicts: readonly { readonly name: string; readonly verdict: Verdict }[]) => Verdict;
}

/**
 * Read what a run left behind: a result or suite document, a log (`.hlog`), or the folder of both, in which runs that
 * were killed are told from their logs. Throws PerfkitError on anything else.
 */
export async function readResult(path: string, judging: Judging): Promise<RunResult | SuiteResult> {
  const info = await statOf(path);
  if (info.isDirectory()) return await readFolder(path, judging);
  return path.endsWith('.hlog') ? await readLogged(path, judging) : await readDocument(path);
}

async function readFolder(folder: string, judging: Judging): Promise<RunResult | SuiteResult> {
  const file = join(folder, 'result.json');
  const saved = (await stat(file).catch(() => null)) === null ? null : await readDocument(file);
  const { unsavedLogs } = await import('./log/recover-folder.ts');
  const savedResults = saved === null ? [] : 'results' in saved ? saved.results : [saved];
  const logs = await unsavedLogs(
    folder,
    saved === null ? null : { started: saved.started, results: savedResults },
  );
  if (logs.files.length === 0) return saved ?? (await readDocument(file));
  const results = logs.keepsSaved ? [...savedResults] : [];
  for (const log of logs.files) results.push(await readLogged(log, judging));
  const [first] = results;
  if (first === undefined || results.length === 1) return first ?? (await readDocument(file));
  return {
    schema: 'perfkit/suite@1',
    perfkit: version,
    started: first.started,
    durationNs: results.reduce((sum, result) => sum + result.durationNs, 0),
    results,
    verdict: judging.combine(
      results.map((result) => ({ name: result.scenario.name, verdict: result.verdict })),
    ),
  };
}

async function readLogged(file: string, judging: Judging): Promise<RunResult> {
  const { readLog } = await import('./log/read-log.ts');
  const { measured, targets } = await readLog(file);
  return { ...measured, verdict: judging.judge(measured, targets) };
}

async function readDocument(file: string): Promise<RunResult | SuiteResult> {
  const { parseResult } = await import('./result-schema.ts');
  const data = await readData(file);
  const { containers, values } = measureJson(data);
  if (containers > maxContainers || values > maxValues) {
    throw new PerfkitError(
      'result',
      `${file} holds ${containers} objects and lists with ${values} values; a result has at most ${maxContainers} and ${maxValues}`,
    );
  }
  return parseResult(parseJson(data.toString('utf8'), file), file);
}

function parseJson(text: string, file: string): unknown {
  if (!/\S/.test(text)) throw new PerfkitError('result', `expected a JSON document in ${file}: it is empty`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PerfkitError(
      'result',
      `expected a JSON document in ${file}: ${printable(messageOf(error), 300)}${text.trimEnd().endsWith('}') ? '' : ' (it seems to be cut short)'}`,
      { cause: error },
    );
  }
}

async function readData(file: string): Promise<Buffer> {
  const info = await statOf(file);
  if (!info.isFile()) throw new PerfkitError('result', `expected a file, got something else: ${file}`);
  if (info.size > maxResultBytes) {
    throw new PerfkitError(
      'result',
      `${file} has ${info.size} bytes; a result has at most ${maxResultBytes}`,
    );
  }
  return readFile(file).catch((error: unknown) => {
    throw cannotRead(file, error);
  });
}

function statOf(path: string): ReturnType<typeof stat> {
  return stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
}

function cannotRead(path: string, error: unknown): PerfkitError {
  return new PerfkitError('result', `cannot read the result ${path}: ${reasonOf(error)}`, { cause: error });
}
