import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  capacitiesReporters,
  capacityFiles,
  capacityReporters,
  exitCodeOf,
  hasCapacityTargets,
  prepareFolder,
  reporters,
  runCapacities,
  runCapacity,
  searchSettings,
  writeFileAtomic,
} from '../index.ts';
import { PerfkitError, exitCodes } from '../model/errors.ts';
import { formatDurationNs } from '../model/units.ts';
import { createCapacityProgress } from './capacity-progress.ts';
import { colourLevel } from './colour.ts';
import { printError } from './errors.ts';
import { listenForInterrupt } from './interrupt.ts';
import { defaultName } from './run-plans.ts';
import { isUrl, planSource, selectPlans, urlFlagsIn, urlSource } from './select-plans.ts';
import type {
  CapacitiesContext,
  CapacitiesResult,
  CapacityOutcome,
  CapacityResult,
  CapacityStep,
  LoadPlan,
  ReportOptions,
  RunResult,
} from '../index.ts';
import type { CapacityFlags } from './commands/capacity.ts';

const codes = {
  found: exitCodes.pass,
  'too slow': exitCodes.targetFailed,
  generator: exitCodes.invalid,
  undecided: exitCodes.invalid,
  interrupted: exitCodes.interrupted,
} satisfies Record<CapacityOutcome, number>;

/** Search, save the result and each step, report, and give the exit code. Throws PerfkitError when it cannot be searched. */
export async function searchCapacity(source: string | undefined, flags: CapacityFlags): Promise<number> {
  const plan = await selectPlan(source, flags);
  const folder = flags.out ?? join('reports', defaultName([plan]));
  const search = searchOf(plan, flags);
  await prepareFolder(folder, [capacityFiles.json, capacityFiles.markdown]);
  const stepsFolder = join(folder, 'steps');
  await mkdir(stepsFolder, { recursive: true });
  const interrupt = listenForInterrupt();
  const progress = createCapacityProgress(process.stderr, flags.quiet === true);
  const saved: Promise<unknown>[] = [];
  let number = 0;
  const options = { search, connections: flags.connections ?? null };
  const context: CapacitiesContext = {
    signal: interrupt.signal,
    stopOnFailures: flags.abort,
    searching: progress.searching,
    starting: progress.starting,
    stepped: (step, ran, subject) => {
      number++;
      progress.stepped(step);
      if (ran !== null) saved.push(saveStep(stepsFolder, { number, step, subject }, ran).catch(asError));
    },
  };
  let found: Found;
  try {
    found = hasCapacityTargets(plan)
      ? foundCapacities(await runCapacities(plan, options, context))
      : foundCapacity(
          await runCapacity(plan, options, {
            ...context,
            stepped: (step, ran) => context.stepped?.(step, ran, ''),
          }),
        );
  } finally {
    progress.end();
    interrupt.dispose();
  }
  saved.push(save(folder, found).catch(asError));
  const failures = (await Promise.all(saved)).filter((failure) => failure instanceof Error);
  print(found, failures.length === 0 ? folder : null, flags);
  if (failures.length > 0) {
    printError(failures[0]);
    return exitCodes.internal;
  }
  const code = interrupt.exitCode();
  if (code !== null && found.interrupted) return code;
  return flags.exitZero === true ? exitCodes.pass : found.code;
}

/** A document of one search or of several, as far as the two are alike here. */
interface Found {
  readonly code: number;
  readonly interrupted: boolean;
  readonly durationNs: number;
  readonly text: (name: keyof typeof capacityReporters, options: ReportOptions) => string;
}

function foundCapacity(result: CapacityResult): Found {
  return {
    code: codes[result.outcome],
    interrupted: result.outcome === 'interrupted',
    durationNs: result.durationNs,
    text: (name, options) => capacityReporters[name](result, options),
  };
}

function foundCapacities(result: CapacitiesResult): Found {
  return {
    code: exitCodeOf(result.verdict),
    interrupted: result.verdict.outcome === 'undecided',
    durationNs: result.durationNs,
    text: (name, options) => capacitiesReporters[name](result, options),
  };
}

/** The settings of the search; where subjects are on several hosts those of the host that may get least. */
function searchOf(plan: LoadPlan, flags: CapacityFlags): ReturnType<typeof searchSettings> {
  const targets = plan.subjects?.map(({ target }) => target) ?? [plan.target];
  const all = targets.map((target) =>
    searchSettings(
      { target },
      {
        fromPerSecond: flags.from,
        maxPerSecond: flags.max ?? flags.maxRate,
        precision: flags.precision,
        stepNs: flags.step,
        warmupNs: flags.warmup,
        soakNs: flags.soak,
        pauseNs: flags.pause,
      },
    ),
  );
  const [least] = all.toSorted((a, b) => a.maxPerSecond - b.maxPerSecond);
  if (least === undefined) throw new RangeError('Expected a plan with a target, got none');
  return least;
}

async function selectPlan(source: string | undefined, flags: CapacityFlags): Promise<LoadPlan> {
  const { seed, maxRate, maxConnections, max, from, workers } = flags;
  const selection = {
    profile: 'standard',
    ...(seed !== undefined && { seed }),
    ...(maxRate !== undefined && { maxRate }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(workers !== undefined && { workers }),
    ...(max !== undefined && { searchTo: Math.max(max, from ?? 0) }),
  } as const;
  if (source !== undefined && isUrl(source)) {
    const plan = await planSource(urlSource(source, { ...flags, rate: from ?? 1 }), selection);
    if (plan.kind === 'load') return plan;
  }
  const requestFlags = urlFlagsIn(flags).filter((name) => name !== 'connections');
  if (requestFlags.length > 0)
    throw new PerfkitError(
      'usage',
      `--${requestFlags.join(', --')} go with a URL; a scenario says them itself`,
    );
  const plans = await selectPlans([source ?? 'self/http'], selection, 'load');
  const [plan, ...others] = plans.filter((one) => one.kind === 'load');
  if (plan === undefined || others.length > 0) {
    throw new PerfkitError('usage', `expected one load scenario, got ${plans.length}: name one of them`);
  }
  return plan;
}

/** `steps/03-400.json`, `steps/03-off-400.json`: a result as `perfkit load` writes it. */
async function saveStep(
  folder: string,
  {
    number,
    step,
    subject,
  }: { readonly number: number; readonly step: CapacityStep; readonly subject: string },
  result: RunResult,
): Promise<void> {
  const soak = step.kind === 'soak' ? '-soak' : '';
  const of = subject === '' ? '' : `${subject.replace(/[^\w.-]+/g, '-').slice(0, 60)}-`;
  const name = `${String(number).padStart(2, '0')}-${of}${Number(step.ratePerSecond.toPrecision(6))}${soak}.json`;
  await writeFileAtomic(join(folder, name), reporters.json(result, { colourLevel: 0, width: 0 }));
}

async function save(folder: string, found: Found): Promise<void> {
  for (const name of ['json', 'markdown'] as const)
    await writeFileAtomic(
      join(folder, capacityFiles[name]),
      found.text(name, { colourLevel: 0, width: 120 }),
    );
}

function print(found: Found, folder: string | null, flags: CapacityFlags): void {
  const width = process.stdout.columns ?? 120;
  if (flags.json === true) process.stdout.write(found.text('json', { colourLevel: 0, width }));
  else if (flags.quiet !== true)
    process.stdout.write(found.text('terminal', { colourLevel: colourLevel(process.stdout), width }));
  if (flags.quiet !== true && folder !== null) {
    process.stderr.write(
      `\nResults in ${folder} after ${formatDurationNs(found.durationNs)}. Again later: perfkit report ${folder}\n`,
    );
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
