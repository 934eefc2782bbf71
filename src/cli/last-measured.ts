import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readResult } from '../index.ts';
import { PerfkitError, messageOf } from '../model/errors.ts';
import type { RunResult, TargetResult } from '../index.ts';

/** What the newest run that measured a target says of it. */
export interface LastMeasured {
  /** In the base unit of `unit` (ns, bytes, ratio, count); null when the run had no data for it. */
  readonly actual: number | null;
  /** The value is at least that: it falls among censored samples. */
  readonly bounded: boolean;
  readonly unit: TargetResult['unit'];
  readonly perSecond: boolean;
  /** 'invalid': the run as a whole was. */
  readonly outcome: TargetResult['outcome'] | 'invalid';
  /** The target as it was then. */
  readonly expr: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** The file it stands in. */
  readonly result: string;
}

export interface Measurements {
  /** By the name of the scenario, and the target's id or else its text. */
  readonly find: (scenario: string, target: { id: string | null; expr: string }) => LastMeasured | null;
  /** Files that could not be read, and why. */
  readonly unreadable: readonly string[];
  /** Older results that were not looked at. */
  readonly leftOut: number;
}

const maxFiles = 200;
const maxTotalBytes = 512 * 1024 ** 2;

/**
 * The newest value of every target in `folder/result.json` and `folder/<run>/result.json`: at most 200 of the newest
 * files, 512 MiB in all. A run without data for a target does not hide an older one that has some. A folder that does
 * not exist is an empty one unless `mustExist`. Throws PerfkitError when it cannot be listed.
 */
export async function readMeasurements(folder: string, mustExist: boolean): Promise<Measurements> {
  const files = await newestFiles(folder, mustExist);
  const unreadable: string[] = [];
  const runs: { file: string; result: RunResult }[] = [];
  let bytes = 0;
  let read = 0;
  for (const { file, size } of files.slice(0, maxFiles)) {
    bytes += size;
    if (bytes > maxTotalBytes && read > 0) break;
    read++;
    try {
      const document = await readResult(file);
      const results = document.schema === 'perfkit/suite@1' ? document.results : [document];
      // What targets need is kept, not the histograms.
      for (const result of results) runs.push({ file, result: { ...result, series: [], intervals: [] } });
    } catch (error) {
      unreadable.push(messageOf(error));
    }
  }
  const newestFirst = runs.toSorted((a, b) => Date.parse(b.result.started) - Date.parse(a.result.started));
  return { find: finder(newestFirst), unreadable, leftOut: files.length - read };
}

function finder(runs: readonly { file: string; result: RunResult }[]): Measurements['find'] {
  const latest = new Map<string, LastMeasured>();
  for (const { file, result } of runs) {
    for (const target of result.verdict.targets) {
      const measured = toMeasured(target, result, file);
      for (const key of keysOf(result.scenario.name, target)) {
        const known = latest.get(key);
        if (known === undefined || (known.actual === null && measured.actual !== null))
          latest.set(key, measured);
      }
    }
  }
  return (scenario, target) => {
    const [byText = '', byId = ''] = keysOf(scenario, target);
    return latest.get(byText) ?? latest.get(byId) ?? null;
  };
}

function keysOf(scenario: string, { id, expr }: { id: string | null; expr: string }): string[] {
  const byText = `${scenario}\n${id ?? ''}\n${expr.trim()}`;
  return id === null ? [byText] : [byText, `${scenario}\n${id}`];
}

function toMeasured(target: TargetResult, { started, verdict }: RunResult, result: string): LastMeasured {
  const { actual, bounded, unit, perSecond, expr } = target;
  const outcome = verdict.outcome === 'invalid' ? 'invalid' : target.outcome;
  return { actual, bounded, unit, perSecond, outcome, expr, started, result };
}

async function newestFiles(folder: string, mustExist: boolean): Promise<{ file: string; size: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (missing && !mustExist) return [];
    throw new PerfkitError('io', `cannot list the results in ${folder}: ${messageOf(cause)}`, { cause });
  });
  const candidates = [
    join(folder, 'result.json'),
    ...entries.filter((one) => one.isDirectory()).map(({ name }) => join(folder, name, 'result.json')),
  ];
  const found: { file: string; size: number; changedMs: number }[] = [];
  for (const file of candidates) {
    const info = await stat(file).catch(() => null);
    if (info?.isFile() === true) found.push({ file, size: info.size, changedMs: info.mtimeMs });
  }
  return found.toSorted((a, b) => b.changedMs - a.changedMs);
}
