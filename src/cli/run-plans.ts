import { join } from 'node:path';
import {
  combineVerdicts,
  exitCodeOf,
  judge,
  prepareFolder,
  readEnvironment,
  reporters,
  run,
  version,
} from '../index.ts';
import { exitCodes } from '../model/errors.ts';
import { formatDurationNs } from '../model/units.ts';
import { concludeBaseline, refuseBaseline, worstCode } from './baseline/conclude-baseline.ts';
import { comparisonFiles, openBaseline } from './baseline/open-baseline.ts';
import { baselineToSave } from './baseline/save-baseline.ts';
import { publishToGithub } from './ci/publish-to-github.ts';
import { printError } from './errors.ts';
import { colourLevel } from './colour.ts';
import { listenForInterrupt } from './interrupt.ts';
import { createLiveView } from './live/live-view.ts';
import { filesOf, toReporterName, writeReport } from './report-files.ts';
import type { Plan, RunOptions, RunResult, SuiteResult } from '../index.ts';
import type { RunFlags } from './options.ts';
import type { AnyReporterName } from './report-files.ts';

/**
 * Run the plans in turn, judge each, save after each (so that a later failure loses nothing), report, and give
 * the exit code. Throws PerfkitError when a run cannot be carried out; the ones before it are saved.
 */
export async function runPlans(
  plans: readonly Plan[],
  flags: RunFlags,
  how: Pick<RunOptions, 'engine' | 'stopOnFailures'> = {},
): Promise<number> {
  const written = reportersOf(flags);
  const folder = flags.out ?? join('reports', defaultName(plans));
  const logs = logNames(plans);
  const keep = baselineToSave(flags, plans);
  const environment = readEnvironment();
  const baseline = await openBaseline(flags, plans, environment);
  if (baseline !== null && baseline.refusals.length > 0) return refuseBaseline(baseline.refusals);
  const compared = baseline === null ? [] : Object.values(comparisonFiles);
  await prepareFolder(folder, [...filesOf(written), ...compared, ...logs]);
  const interrupt = listenForInterrupt();
  const view = createLiveView({ plans, environment, stream: process.stderr, quiet: flags.quiet === true });
  const started = new Date().toISOString();
  const results: RunResult[] = [];
  let document = documentOf(results, started);
  let saved: unknown = null;
  try {
    for (const [index, plan] of plans.entries()) {
      view.next();
      const measured = await run(plan, {
        ...how,
        environment,
        signal: interrupt.signal,
        progress: view.progress,
        sink: view.interval,
        log: { file: join(folder, logs[index] ?? ''), command: started, failed: printError },
      });
      results.push({ ...measured, verdict: judge(measured, plan.targets, baseline?.of(plan.scenario.name)) });
      document = documentOf(results, started);
      saved = await save(folder, document, written).then(
        () => null,
        (error: unknown) => error,
      );
      if (interrupt.signal.aborted) break;
    }
  } finally {
    view.end();
    interrupt.dispose();
  }
  print(document, saved === null ? folder : null, flags);
  await publishToGithub(document);
  if (saved !== null) {
    printError(saved);
    return exitCodes.internal;
  }
  const concluded = await concludeBaseline(document, { ...flags, baseline, keep, folder });
  const code = worstCode([exitCodeOf(document.verdict), concluded]);
  return interrupt.exitCode() ?? (flags.exitZero === true ? exitCodes.pass : code);
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
  names: readonly AnyReporterName[],
): Promise<void> {
  for (const name of names) await writeReport(folder, name, document);
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

function reportersOf(flags: RunFlags): AnyReporterName[] {
  const wanted = (flags.reporter ?? []).map((name) => toReporterName(name, '--reporter'));
  return [...new Set<AnyReporterName>(['json', 'markdown', ...wanted])];
}

/** `<scenario>.hlog`, one for each plan; numbered where two would be the same file. */
function logNames(plans: readonly Plan[]): string[] {
  const taken = new Set<string>();
  return plans.map(({ scenario }) => {
    const name = fileNameOf(scenario.name);
    let file = `${name}.hlog`;
    for (let number = 2; taken.has(file.toLowerCase()); number++) file = `${name}.${number}.hlog`;
    taken.add(file.toLowerCase());
    return file;
  });
}

/** A legal file name everywhere. */
function fileNameOf(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').slice(0, 60);
}

/** `2026-11-21T10-15-30-cache`: sorts by time, is a legal file name everywhere, and two runs at once differ. */
export function defaultName(plans: readonly Plan[]): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const name = plans.length === 1 ? (plans[0]?.scenario.name ?? 'run') : 'suite';
  return `${time}-${fileNameOf(name)}-${process.pid}`;
}
