import { parseBytes, parseDurationNs, parseRatePerSecond } from '../../model/units.ts';
import { didYouMean } from '../problems/did-you-mean.ts';
import { isModulePath, resolveModule, splitPackage, unknownDriver } from '../read/module-path.ts';
import { parseDistribution } from '../scenario/parse-distribution.ts';
import { defaultSeed } from './plan-context.ts';
import { profiles } from './profiles.ts';
import { resolveMetrics } from './resolve-metrics.ts';
import { resolveTargets } from './resolve-targets.ts';
import { reportDuplicates } from '../problems/report-duplicates.ts';
import type { BenchPlan, BenchRun, SubjectPlan, SubjectSource, Workload } from '../../model/plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { BenchScenario } from '../scenario/schema.ts';
import type { TargetScope } from './resolve-targets.ts';

type Written = BenchScenario['subjects'][number];

/** A plan without its hash. All that is wrong is reported to the context; the plan is of use only if nothing was. */
export async function resolveBench(scenario: BenchScenario, context: PlanContext): Promise<BenchPlan> {
  const subjects = await Promise.all(
    scenario.subjects.map((subject, index) => resolveSubject(subject, index, context)),
  );
  const names = subjects.map(({ name }) => name);
  reportDuplicates(names, (index) => ['subjects', index, 'name'], 'subject', context);
  const reference = scenario.reference ?? null;
  if (reference !== null && !names.includes(reference)) {
    context.report(['reference'], `unknown subject \`${reference}\`${didYouMean(reference, names)}`);
  }
  const workload = resolveWorkload(scenario);
  const run = resolveRun(scenario.run ?? {}, context);
  const metrics = resolveMetrics(scenario, context);
  const scope: TargetScope = {
    metrics,
    tags: benchTags(names, workload, run),
    absentTags: {
      round: 'rounds are merged into one series: remove the tag `round`',
      concurrency: 'series have the tag `concurrency` only where run.concurrency lists more than one',
    },
    phases: null,
    serverMetrics: 'none',
    reference:
      reference === null
        ? 'expected `reference: NAME` in the scenario, one of its subjects, for a limit relative to it'
        : true,
  };
  const startUpNs = 250e6;
  return {
    schema: 'perfkit/plan@1',
    kind: 'bench',
    scenario: {
      name: scenario.name,
      file: context.file,
      folder: context.folder,
      tags: scenario.tags ?? [],
      hash: '',
      seed: context.seed ?? scenario.workload?.seed ?? defaultSeed,
    },
    metrics,
    targets: resolveTargets(scenario.targets, scope, context),
    expectedNs:
      subjects.length * run.concurrency.length * run.rounds * (run.warmupNs + run.forNs + startUpNs),
    subjects,
    workload,
    run,
    reference,
  };
}

function benchTags(
  subjects: readonly string[],
  workload: Workload,
  run: BenchRun,
): Record<string, readonly string[] | null> {
  const operations = Object.keys(workload.mix);
  return {
    subject: subjects,
    op: operations.length === 0 ? null : operations,
    ...(run.concurrency.length > 1 ? { concurrency: run.concurrency.map(String) } : {}),
  };
}

async function resolveSubject(subject: Written, index: number, context: PlanContext): Promise<SubjectPlan> {
  const { name, options = {} } = subject;
  const path = ['subjects', index];
  const ways = (['use', 'call', 'tinybench'] as const).filter((way) => subject[way] !== undefined);
  if (ways.length !== 1) {
    const got = ways.length === 0 ? 'none of them' : ways.join(' and ');
    context.report(path, `expected exactly one of \`use\`, \`call\` or \`tinybench\`, got ${got}`);
  }
  if (subject.use === undefined && subject.options !== undefined) {
    context.report(
      [...path, 'options'],
      '`options` go to a driver or factory: only a subject with `use` has them',
    );
  }
  if ((subject.tinybench === undefined) !== (subject.task === undefined)) {
    context.report(path, '`tinybench` and `task` go together: the Bench and the name of one of its tasks');
  }
  const [way = 'use'] = ways;
  return { name, use: await resolveSource(way, subject, [...path, way], context), options };
}

async function resolveSource(
  way: 'use' | 'call' | 'tinybench',
  subject: Written,
  path: readonly (string | number)[],
  context: PlanContext,
): Promise<SubjectSource> {
  const text = subject[way] ?? '';
  if (way === 'use' && !isModulePath(text)) {
    if (text !== '' && !context.known.drivers.includes(text))
      context.report(path, unknownDriver(text, context.known.drivers));
    return { kind: 'driver', driver: text };
  }
  const named = way === 'tinybench' ? null : splitPackage(text);
  const found = named ?? (await resolveModule(text, context.folder, context.cwd));
  if (typeof found === 'string') context.report(path, found);
  const module = typeof found === 'string' ? { module: text, export: '' } : found;
  if (way === 'tinybench') return { kind: 'tinybench', ...module, task: subject.task ?? '' };
  return { kind: way === 'use' ? 'factory' : 'function', ...module };
}

function resolveWorkload({ workload = {} }: BenchScenario): Workload {
  const { keys = 10_000, distribution = 'zipf(0.99)', mix = {}, valueBytes = 256 } = workload;
  const shares = Object.entries(mix).filter(([, share]) => share > 0);
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  return {
    keys,
    distribution: parseDistribution(distribution) ?? { kind: 'uniform' },
    mix: Object.fromEntries(shares.map(([name, share]) => [name, share / total])),
    valueBytes: typeof valueBytes === 'number' ? valueBytes : (parseBytes(valueBytes) ?? 0),
  };
}

function resolveRun(run: NonNullable<BenchScenario['run']>, context: PlanContext): BenchRun {
  const { overrides } = context;
  const factors = profiles[context.profile].bench;
  const concurrency = typeof run.concurrency === 'number' ? [run.concurrency] : (run.concurrency ?? [1]);
  reportDuplicates(concurrency.map(String), (index) => ['run', 'concurrency', index], 'concurrency', context);
  const { arrivals = 'closed' } = run;
  return {
    warmupNs: overrides.warmupNs ?? Math.round((parseDurationNs(run.warmup ?? '1s') ?? 0) * factors.warmup),
    forNs: overrides.forNs ?? Math.max(1, Math.round((parseDurationNs(run.for ?? '2s') ?? 0) * factors.for)),
    rounds: overrides.rounds ?? Math.ceil((run.rounds ?? 5) * factors.rounds),
    isolate: overrides.isolate ?? run.isolate ?? 'process',
    concurrency,
    arrivals: arrivals === 'closed' ? 'closed' : (parseRatePerSecond(arrivals) ?? 0),
  };
}
