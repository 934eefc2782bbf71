import { isServerMetric } from '../../model/metrics/server-metrics.ts';
import { TargetError, aggregationsOf, parseTarget, resolveLimit } from '../../model/target.ts';
import { didYouMean } from '../problems/did-you-mean.ts';
import { resolveAbort } from './resolve-abort.ts';
import { printable } from '../problems/printable.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { TargetPlan } from '../../model/plan.ts';
import type { ParsedTarget, Target } from '../../model/target.ts';
import type { PlanContext } from './plan-context.ts';
import type { Path } from '../problems/problem.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What targets may refer to. */
export interface TargetScope {
  readonly metrics: readonly MetricDefinition[];
  /** Tag to its values; null where the values are only known to the subject. */
  readonly tags: Readonly<Record<string, readonly string[] | null>>;
  /** Why a tag that one might expect is not there, by tag. */
  readonly absentTags: Readonly<Record<string, string>>;
  /** Null for a bench, which has none. */
  readonly phases: readonly { readonly name: string; readonly measured: boolean }[] | null;
  /** What is read of the server under load: nothing, what the system tells of its process, or what it tells itself too. */
  readonly serverMetrics: 'none' | 'process' | 'any';
  /** Whether a limit may be `reference`; otherwise why not. */
  readonly reference: true | string;
}

/** Resolve every target; reports all that is wrong and leaves those targets out. */
export function resolveTargets(
  targets: Scenario['targets'],
  scope: TargetScope,
  context: PlanContext,
): TargetPlan[] {
  const plans: TargetPlan[] = [];
  const ids = new Set<string>();
  for (const [index, written] of (targets ?? []).entries()) {
    const fields: Exclude<typeof written, string> = typeof written === 'string' ? { expr: written } : written;
    const path = typeof written === 'string' ? ['targets', index] : ['targets', index, 'expr'];
    const id = fields.id ?? null;
    if (id !== null && ids.has(id))
      context.report(['targets', index, 'id'], `the target id \`${id}\` is used twice`);
    if (id !== null) ids.add(id);
    const target = resolveTarget(fields.expr, path, scope, context);
    if (target === null) continue;
    const { source = null, severity = 'error' } = fields;
    const metric = scope.metrics.find(({ name }) => name === target.metric);
    const abort = resolveAbort(fields, target, metric, ['targets', index], context);
    const line = context.lineOf(path);
    plans.push({ id, expr: fields.expr.trim(), target, source, severity, line, ...abort });
  }
  return plans;
}

function resolveTarget(expr: string, path: Path, scope: TargetScope, context: PlanContext): Target | null {
  let faulty = false;
  const fail = (message: string, offset: number): void => {
    faulty = true;
    context.report(path, message, offset);
  };
  try {
    const parsed = parseTarget(expr);
    checkTags(parsed, scope, fail);
    checkPhase(parsed, scope, fail);
    const metric = scope.metrics.find(({ name }) => name === parsed.metric);
    if (metric === undefined) {
      fail(
        `unknown metric \`${printable(parsed.metric, 60)}\`${metricAdvice(parsed.metric, scope)}`,
        parsed.metricOffset,
      );
      return null;
    }
    if (!checkAggregation(parsed, metric, fail)) return null;
    const limit = resolveLimit(parsed.limitText, parsed.limitOffset, metric, parsed.aggregation);
    if (limit.kind === 'reference' && scope.reference !== true) fail(scope.reference, parsed.limitOffset);
    const { tags, aggregation, op, phase, overNs } = parsed;
    return faulty ? null : { metric: metric.name, tags, aggregation, op, limit, phase, overNs };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    fail(error.message, error.offset);
    return null;
  }
}

function metricAdvice(metric: string, { metrics, serverMetrics }: TargetScope): string {
  if (isServerMetric(metric) && serverMetrics === 'none')
    return ': nothing is read of a server; a load does with `server: {metrics: /metrics}` or `server: {process: ...}`';
  const names = metrics.map(({ name }) => name);
  if (!isServerMetric(metric)) return didYouMean(metric, names);
  return `${didYouMean(metric, names.filter(isServerMetric))}; what the server tells itself is read with \`server: {metrics: /metrics}\``;
}

type Fail = (message: string, offset: number) => void;

function checkTags(parsed: ParsedTarget, scope: TargetScope, fail: Fail): void {
  for (const [tag, value] of Object.entries(parsed.tags)) {
    // what labels a server has is known when it has told them
    if (isServerMetric(parsed.metric) && tag !== 'phase' && tag !== 'subject') continue;
    const offset = parsed.tagOffsets[tag] ?? 0;
    const values = Object.hasOwn(scope.tags, tag) ? scope.tags[tag] : undefined;
    const absent = Object.hasOwn(scope.absentTags, tag) ? scope.absentTags[tag] : undefined;
    if (values === undefined)
      fail(absent ?? `unknown tag \`${tag}\`${didYouMean(tag, Object.keys(scope.tags))}`, offset);
    else if (values !== null && !values.includes(value))
      fail(`unknown ${tag} \`${printable(value, 60)}\`${didYouMean(value, values)}`, offset);
  }
}

function checkPhase(parsed: ParsedTarget, scope: TargetScope, fail: Fail): void {
  if (parsed.phase === null) return;
  if (scope.phases === null) {
    fail('a bench has no phases: remove `in`', parsed.phaseOffset);
    return;
  }
  const phase = scope.phases.find(({ name }) => name === parsed.phase);
  const measured = scope.phases.filter((candidate) => candidate.measured).map(({ name }) => name);
  if (phase === undefined)
    fail(
      `unknown phase \`${printable(parsed.phase, 60)}\`${didYouMean(parsed.phase, measured)}`,
      parsed.phaseOffset,
    );
  else if (!phase.measured)
    fail(
      `the phase \`${phase.name}\` is not measured (measure: false), so the target could never be met`,
      parsed.phaseOffset,
    );
}

function checkAggregation(parsed: ParsedTarget, metric: MetricDefinition, fail: Fail): boolean {
  const fitting: readonly string[] = aggregationsOf[metric.kind];
  if (fitting.includes(parsed.aggregation.kind)) return true;
  const names = fitting.map((kind) => (kind === 'percentile' ? 'p95 (any percentile)' : kind));
  fail(`\`${metric.name}\` is a ${metric.kind}: expected ${names.join(', ')}`, parsed.aggregationOffset);
  return false;
}
