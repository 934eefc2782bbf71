import { join } from 'node:path';
import {
  combineVerdicts,
  exitCodeOf,
  judge,
  prepareFolder,
  readEnvironment,
  reportFiles,
  reporters,
  run,
  version,
  writeFileAtomic,
} from '../index.ts';
import { PerfkitError, exitCodes } from '../model/errors.ts';
import { formatDurationNs } from '../model/units.ts';
import { printError } from './errors.ts';
import { colourLevel } from './colour.ts';
import { listenForInterrupt } from './interrupt.ts';
import { createProgress } from './progress.ts';
import type { Plan, ReporterName, RunResult, SuiteResult } from '../index.ts';
import type { RunFlags } from './options.ts';

/**
 * Run the plans in turn, judge each, save after each (so that a later failure loses nothing), report, and give
 * the exit code. Throws PerfkitError when a run cannot be carried out; the ones before it are saved.
 */
export async function runPlans(plans: readonly Plan[], flags: RunFlags): Promise<number> {
  const written = reporterNames(flags);
  const folder = flags.out ?? join('reports', defaultName(plans));
  await prepareFolder(
    folder,
    written.map((name) => reportFiles[name]),
  );
  const interrupt = listenForInterrupt();
  const progress = createProgress(
    plans.map((plan) => ({ name: plan.scenario.name, expectedNs: plan.expectedNs })),
    process.stderr,
    flags.quiet === true,
  );
  const environment = readEnvironment();
  const started = new Date().toISOString();
  const results: RunResult[] = [];
  let document = documentOf(results, started);
  let saved: unknown = null;
  try {
    for (const plan of plans) {
      progress.next();
      const measured = await run(plan, { environment, signal: interrupt.signal, progress: progress.update });
      results.push({ ...measured, verdict: judge(measured, plan.targets) });
      document = documentOf(results, started);
      saved = await save(folder, document, written).then(
        () => null,
        (error: unknown) => error,
      );
      if (interrupt.signal.aborted) break;
    }
  } finally {
    progress.end();
    interrupt.dispose();
  }
  print(document, saved === null ? folder : null, flags);
  if (saved !== null) {
    printError(saved);
    return exitCodes.internal;
  }
  return interrupt.exitCode() ?? (flags.exitZero === true ? exitCodes.pass : exitCodeOf(document.verdict));
}

/** One scenario gives a result, several a suite. */
function documentOf(results: readonly RunResult[], started: string): RunResult | SuiteResult {
  const [first] = results;
  if (first !== undefined && results.length === 1) return first;
  return {
    schema: 'perfkit/suite@1',
    perfkit: version,
    started,
    durationNs: results.reduce((sum, result) => sum + result.durationNs, 0),
    results,
    verdict: combineVerdicts(
      results.map((result) => ({ name: result.scenario.name, verdict: result.verdict })),
    ),
  };
}

async function save(
  folder: string,
  document: RunResult | SuiteResult,
  names: readonly ReporterName[],
): Promise<void> {
  for (const name of names) {
    await writeFileAtomic(
      join(folder, reportFiles[name]),
      reporters[name](document, { colourLevel: 0, width: 120 }),
    );
  }
}

/** stdout carries the document or the report, also when it could not be saved; stderr tells where the files are. */
function print(document: RunResult | SuiteResult, folder: string | null, flags: RunFlags): void {
  if (flags.json === true) process.stdout.write(reporters.json(document, { colourLevel: 0, width: 0 }));
  else if (flags.quiet !== true) {
    process.stdout.write(
      reporters.terminal(document, {
        colourLevel: colourLevel(process.stdout),
        width: process.stdout.columns ?? 120,
      }),
    );
  }
  if (flags.quiet !== true && folder !== null) {
    process.stderr.write(
      `\nResults in ${folder} after ${formatDurationNs(document.durationNs)}. Again later: perfkit report ${folder}\n`,
    );
  }
}

function reporterNames(flags: RunFlags): ReporterName[] {
  const names = new Set<ReporterName>(['json', 'markdown']);
  for (const name of flags.reporter ?? []) {
    if (!isReporter(name)) {
      throw new PerfkitError(
        'usage',
        `expected a reporter (${Object.keys(reporters).join(', ')}) after --reporter, got "${name}"`,
      );
    }
    names.add(name);
  }
  return [...names];
}

export function isReporter(name: string): name is ReporterName {
  return Object.hasOwn(reporters, name);
}

/** `2026-11-21T10-15-30-cache`: sorts by time, is a legal file name everywhere, and two runs at once differ. */
function defaultName(plans: readonly Plan[]): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const name = plans.length === 1 ? (plans[0]?.scenario.name ?? 'run') : 'suite';
  return `${time}-${name.replace(/[^\w.-]+/g, '-').slice(0, 60)}-${process.pid}`;
}
