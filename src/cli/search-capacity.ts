import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  capacityFiles,
  capacityReporters,
  prepareFolder,
  reporters,
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
import type { CapacityOutcome, CapacityResult, CapacityStep, LoadPlan, RunResult } from '../index.ts';
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
  const search = searchSettings(plan, {
    fromPerSecond: flags.from,
    maxPerSecond: flags.max ?? flags.maxRate,
    precision: flags.precision,
    stepNs: flags.step,
    warmupNs: flags.warmup,
    soakNs: flags.soak,
    pauseNs: flags.pause,
  });
  const folder = flags.out ?? join('reports', defaultName([plan]));
  await prepareFolder(folder, [capacityFiles.json, capacityFiles.markdown]);
  const stepsFolder = join(folder, 'steps');
  await mkdir(stepsFolder, { recursive: true });
  const interrupt = listenForInterrupt();
  const progress = createCapacityProgress(process.stderr, flags.quiet === true);
  const saved: Promise<unknown>[] = [];
  let number = 0;
  let result: CapacityResult;
  try {
    result = await runCapacity(
      plan,
      { search, connections: flags.connections ?? null },
      {
        signal: interrupt.signal,
        stopOnFailures: flags.abort,
        starting: progress.starting,
        stepped: (step, ran) => {
          number++;
          progress.stepped(step);
          if (ran !== null) saved.push(saveStep(stepsFolder, number, step, ran).catch(asError));
        },
      },
    );
  } finally {
    progress.end();
    interrupt.dispose();
  }
  saved.push(save(folder, result).catch(asError));
  const failures = (await Promise.all(saved)).filter((failure) => failure instanceof Error);
  print(result, failures.length === 0 ? folder : null, flags);
  if (failures.length > 0) {
    printError(failures[0]);
    return exitCodes.internal;
  }
  const code = interrupt.exitCode();
  if (code !== null && result.outcome === 'interrupted') return code;
  return flags.exitZero === true ? exitCodes.pass : codes[result.outcome];
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

/** `steps/03-400.json`: a result as `perfkit load` writes it. */
async function saveStep(
  folder: string,
  number: number,
  step: CapacityStep,
  result: RunResult,
): Promise<void> {
  const soak = step.kind === 'soak' ? '-soak' : '';
  const name = `${String(number).padStart(2, '0')}-${Number(step.ratePerSecond.toPrecision(6))}${soak}.json`;
  await writeFileAtomic(join(folder, name), reporters.json(result, { colourLevel: 0, width: 0 }));
}

async function save(folder: string, result: CapacityResult): Promise<void> {
  for (const name of ['json', 'markdown'] as const) {
    const text = capacityReporters[name](result, { colourLevel: 0, width: 120 });
    await writeFileAtomic(join(folder, capacityFiles[name]), text);
  }
}

function print(result: CapacityResult, folder: string | null, flags: CapacityFlags): void {
  const width = process.stdout.columns ?? 120;
  if (flags.json === true) process.stdout.write(capacityReporters.json(result));
  else if (flags.quiet !== true) {
    process.stdout.write(
      capacityReporters.terminal(result, { colourLevel: colourLevel(process.stdout), width }),
    );
  }
  if (flags.quiet !== true && folder !== null) {
    process.stderr.write(
      `\nResults in ${folder} after ${formatDurationNs(result.durationNs)}. Again later: perfkit report ${folder}\n`,
    );
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
