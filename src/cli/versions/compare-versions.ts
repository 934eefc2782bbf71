import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  comparePairs,
  pairedDefaults,
  pairedExitCode,
  pairedFiles,
  pairedReporters,
  planLooks,
  prepareArms,
  prepareFolder,
  readEnvironment,
  shortenPlan,
  writeFileAtomic,
} from '../../index.ts';
import { PerfkitError, exitCodes } from '../../model/errors.ts';
import { formatDurationNs } from '../../model/units.ts';
import { worstCode } from '../baseline/conclude-baseline.ts';
import { publishPairsToGithub } from '../ci/publish-pairs-to-github.ts';
import { colourLevel } from '../colour.ts';
import { printError } from '../errors.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { defaultName } from '../run-plans.ts';
import { armSources, buildOf } from './arm-sources.ts';
import { createProgressLine } from './pairs-progress.ts';
import { selectHeadPlans } from './select-head-plans.ts';
import type { BenchPlan, PairedRun, PreparedArms } from '../../index.ts';
import type { Interrupt } from '../interrupt.ts';
import type { ProgressLine } from './pairs-progress.ts';
import type { VersionFlags } from './version-options.ts';

type PairedReporterName = keyof typeof pairedReporters;

/**
 * Make both versions ready, compare them by each scenario, save, report and give the exit code. Nothing of the versions
 * is left behind. Throws PerfkitError when there is nothing to compare; the scenarios before that are saved.
 */
export async function compareVersions(words: readonly string[], flags: VersionFlags): Promise<number> {
  const sources = armSources(flags);
  const written = reportersOf(flags);
  const cwd = process.cwd();
  const interrupt = listenForInterrupt();
  const progress = createProgressLine(process.stderr, flags.quiet === true);
  let arms: PreparedArms | null = null;
  try {
    const build = buildOf(flags.build);
    arms = await prepareArms(sources, { cwd, build, signal: interrupt.signal, say: progress.say });
    const plans = (await selectHeadPlans(words, flags, arms, cwd)).map((plan) =>
      shortenPlan(plan, { profile: flags.profile, warmupNs: flags.warmup, forNs: flags.for }),
    );
    if (flags.json === true && plans.length > 1)
      throw new PerfkitError('usage', '--json prints one document: name one scenario');
    return await compareAll(plans, arms, { flags, written, interrupt, progress });
  } catch (error) {
    const code = interrupt.exitCode();
    if (code === null) throw error;
    return code;
  } finally {
    progress.end();
    await arms?.dispose();
    interrupt.dispose();
  }
}

interface Circumstances {
  readonly flags: VersionFlags;
  readonly written: readonly PairedReporterName[];
  readonly interrupt: Interrupt;
  readonly progress: ProgressLine;
}

async function compareAll(
  plans: readonly BenchPlan[],
  arms: PreparedArms,
  { flags, written, interrupt, progress }: Circumstances,
): Promise<number> {
  const out = flags.out ?? join('reports', defaultName(plans));
  const environment = readEnvironment();
  const { threshold = pairedDefaults.threshold, strict = false } = flags;
  const codes: number[] = [];
  for (const plan of plans) {
    const folder = plans.length === 1 ? out : join(out, plan.scenario.name.replace(/[^\w.-]+/g, '-'));
    await prepareFolder(
      folder,
      written.map((name) => pairedFiles[name]),
    );
    const save = (run: PairedRun): Promise<void> => saveReports(folder, run, written);
    const run = await comparePairs(plan, arms, {
      settings: { ...pairedDefaults, threshold, strict },
      looks: planLooks(flags.pairs),
      turns: flags.turns !== false,
      gates: flags.gate ?? null,
      notes: [...new Set([...arms.base.notes, ...arms.head.notes])],
      environment,
      signal: interrupt.signal,
      progress: (step) => progress.show({ ...step, label: `${plan.scenario.name}: ${step.label}` }),
      looked: (partial) => save(partial).catch(() => undefined),
    });
    progress.end();
    const failure = await save(run).then(
      () => null,
      (error: unknown) => error,
    );
    await print(run, failure === null ? folder : null, flags);
    if (failure !== null) codes.push(printError(failure));
    codes.push(pairedExitCode(run));
    if (interrupt.signal.aborted) break;
  }
  return interrupt.exitCode() ?? (flags.exitZero === true ? exitCodes.pass : worstCode(codes));
}

async function saveReports(
  folder: string,
  run: PairedRun,
  names: readonly PairedReporterName[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const text = pairedReporters[name](run, { colourLevel: 0, width: 120 });
    await writeFileAtomic(join(folder, pairedFiles[name]), text);
  }
}

/** stdout carries the document or the report, also when it could not be saved. */
async function print(run: PairedRun, folder: string | null, flags: VersionFlags): Promise<void> {
  if (flags.json === true) process.stdout.write(pairedReporters.json(run));
  else if (flags.quiet !== true) {
    const width = process.stdout.columns ?? 120;
    process.stdout.write(pairedReporters.terminal(run, { colourLevel: colourLevel(process.stdout), width }));
  }
  if (flags.quiet !== true && folder !== null) {
    process.stderr.write(
      `\nResults in ${folder} after ${formatDurationNs(run.durationNs)}. Again later: perfkit report ${folder}\n`,
    );
  }
  await publishPairsToGithub(run);
}

function reportersOf({ reporter = [] }: VersionFlags): PairedReporterName[] {
  const names = reporter.map((name) => {
    const known = Object.keys(pairedReporters);
    if (isPairedReporter(name)) return name;
    throw new PerfkitError(
      'usage',
      `expected one of ${known.join(', ')} after --reporter, with two versions, got "${name.slice(0, 100)}"`,
    );
  });
  return [...new Set<PairedReporterName>(['json', 'markdown', ...names])];
}

function isPairedReporter(name: string): name is PairedReporterName {
  return Object.hasOwn(pairedReporters, name);
}
