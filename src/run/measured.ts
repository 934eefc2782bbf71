import { version } from './version.ts';
import type { EngineOutcome } from '../model/engine.ts';
import type { Plan } from '../model/plan.ts';
import type { Environment, RunResult, Series } from '../model/result.ts';
import type { Collected } from './collector.ts';

/** A result that has not been judged yet. */
export type Measured = Omit<RunResult, 'verdict'>;

/** What is known of a run when it starts; `toMeasured` adds what was measured. */
export interface RunHeader {
  readonly perfkit: string;
  /** `metrics` holds every metric that may be reported. */
  readonly scenario: RunResult['scenario'];
  /** Subjects in the order of the scenario; empty for a load of one server. */
  readonly subjects: readonly string[];
  readonly environment: Environment;
  /** ISO 8601, UTC. */
  readonly started: string;
}

/** How a run ended. */
export interface RunEnd extends EngineOutcome {
  readonly durationNs: number;
  /** Why perfkit itself stopped the run before its end; absent when it did not. */
  readonly aborted?: string | undefined;
}

export function describeRun(plan: Plan, environment: Environment, started: Date): RunHeader {
  const { name, file, hash, seed, tags } = plan.scenario;
  return {
    perfkit: version,
    scenario: {
      name,
      kind: plan.kind,
      file,
      hash,
      seed,
      tags,
      metrics: plan.metrics,
      reference: plan.reference ?? null,
    },
    subjects: (plan.subjects ?? []).map((subject) => subject.name),
    environment,
    started: started.toISOString(),
  };
}

export function toMeasured(
  { perfkit, scenario, subjects, environment, started }: RunHeader,
  collected: Collected,
  { durationNs, complete, aborted, validity, slowest }: RunEnd,
): Measured {
  const { intervals, errors, metrics } = collected;
  const series = inOrder(collected.series, metrics, subjects);
  const measured = new Set(series.map((one) => one.metric));
  return {
    schema: 'perfkit/result@1',
    perfkit,
    scenario: {
      ...scenario,
      metrics: metrics.filter(({ name }) => measured.has(name)),
    },
    environment,
    started,
    durationNs,
    complete,
    ...(aborted !== undefined && { aborted }),
    validity,
    series,
    intervals,
    errors,
    ...(slowest !== undefined && { slowest }),
  };
}

/** Rounds run in a random order; reports show subjects as the scenario lists them, and metrics as the catalogue does. */
function inOrder(
  series: readonly Series[],
  metrics: RunHeader['scenario']['metrics'],
  subjects: readonly string[],
): Series[] {
  const places = new Map(metrics.map((metric, place) => [metric.name, place]));
  const place = ({ metric, tags }: Series): number =>
    Math.max(0, subjects.indexOf(tags['subject'] ?? '')) * places.size + (places.get(metric) ?? -1);
  return series.toSorted((a, b) => place(a) - place(b));
}
