import { PerfkitError } from './errors.ts';
import { parseBytes, parseCount, parseDurationNs, parseRatePerSecond, parseRatio, splitQuantity } from './units.ts';
import type { MetricDefinition } from './metrics.ts';

/**
 * A pass/fail condition: `metric{tag:value} agg op limit [in phase] [over window]`.
 * Parsed by hand: no expression language, nothing evaluated.
 */
export interface Target {
  readonly metric: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly aggregation: Aggregation;
  readonly op: Op;
  readonly limit: Limit;
  readonly phase: string | null;
  /** Every window of this length must hold. */
  readonly overNs: number | null;
}

export type Aggregation =
  | { readonly kind: 'percentile'; readonly percentile: number }
  | { readonly kind: 'min' | 'max' | 'mean' | 'count' | 'rate' | 'value' | 'slope' };

export type Op = '<' | '<=' | '>' | '>=' | '==';

/** A number in the metric's base unit (ns, bytes, ratio, count; slope: per second), or a multiple of another measurement. */
export type Limit =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'baseline' | 'reference'; readonly factor: number };

/** A mistake in a target, with its place in the text (0-based). */
export class TargetError extends PerfkitError {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super('scenario', message);
    this.offset = offset;
  }
}

const maxLength = 512;
const pattern =
  /^\s*([A-Za-z_][\w.]*)\s*(\{[^}]*\})?\s+([A-Za-z]\w*(?:\.\d+)?)\s*(<=|>=|==|<|>)\s*(.+?)(?:\s+in\s+(\S+))?(?:\s+over\s+(\S+))?\s*$/;
const aggregations = ['min', 'max', 'mean', 'count', 'rate', 'value', 'slope'] as const;
const usage = 'write it as `metric{tag:value} agg op limit [in phase] [over window]`, such as `response_time p95 < 200ms`';

/** Parse the shape of a target; names are checked by `resolveLimit` and the planner. Throws TargetError. */
export function parseTarget(text: string): Omit<Target, 'limit'> & { readonly limitText: string; readonly limitOffset: number } {
  if (text.length > maxLength) throw new TargetError(`a target has at most ${maxLength} characters, this one has ${text.length}`, 0);
  const match = pattern.exec(text);
  if (match === null) throw new TargetError(`expected a target, got "${text}": ${usage}`, 0);
  const [, metric = '', tagText, aggregationText = '', op = '', limitText = '', phase, over] = match;
  const overNs = over === undefined ? null : parseDurationNs(over);
  if (over !== undefined && (overNs === null || overNs <= 0)) {
    throw new TargetError(`expected a window such as "10s" after "over", got "${over}"`, text.lastIndexOf(over));
  }
  return {
    metric,
    tags: parseTags(tagText ?? '', text.indexOf('{')),
    aggregation: parseAggregation(aggregationText, text),
    op: op as Op,
    phase: phase ?? null,
    overNs,
    limitText: limitText.trim(),
    limitOffset: text.indexOf(limitText, text.indexOf(op)),
  };
}

function parseTags(text: string, offset: number): Record<string, string> {
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  const inner = text.slice(1, -1).trim();
  if (inner === '') return { ...tags };
  for (const pair of inner.split(',')) {
    const colon = pair.indexOf(':');
    const key = pair.slice(0, colon).trim();
    const value = pair.slice(colon + 1).trim();
    if (colon < 1 || !/^[A-Za-z_]\w*$/.test(key) || value === '') {
      throw new TargetError(`expected tags as {name:value}, got "${pair.trim()}"`, offset);
    }
    tags[key] = value;
  }
  return { ...tags };
}

function parseAggregation(text: string, whole: string): Aggregation {
  const offset = whole.search(new RegExp(`\\s${text.replace('.', '\\.')}\\s*(<|>|=)`)) + 1;
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(text);
  if (percentile !== null) {
    const value = Number(percentile[1]);
    if (value > 0 && value < 100) return { kind: 'percentile', percentile: value };
    throw new TargetError(`a percentile lies between 0 and 100, got "${text}" (use max for the largest value)`, offset);
  }
  const kind = aggregations.find((name) => name === text);
  if (kind !== undefined) return { kind };
  throw new TargetError(`expected p50, p95, p99.9, ... or one of ${aggregations.join(', ')}, got "${text}"`, offset);
}

/** Read the limit's number in the unit that metric and aggregation call for. Throws TargetError. */
export function resolveLimit(text: string, offset: number, metric: MetricDefinition, aggregation: Aggregation): Limit {
  const relative = /^(baseline|reference)(?:\s*\*\s*([\d.]+%?)|\s*([+-])\s*([\d.]+)%)?$/.exec(text);
  if (relative !== null) {
    const factor =
      relative[2] !== undefined
        ? parseRatio(relative[2])
        : relative[4] !== undefined
          ? 1 + ((relative[3] === '-' ? -1 : 1) * Number(relative[4])) / 100
          : 1;
    if (factor === null || !(factor > 0)) throw new TargetError(`expected a factor above 0, got "${text}"`, offset);
    return { kind: relative[1] === 'baseline' ? 'baseline' : 'reference', factor };
  }
  const expected = limitForm(metric, aggregation);
  const value = expected.parse(text);
  if (value === null || !Number.isFinite(value)) {
    const unitless = splitQuantity(text)?.unit === '' ? ' (a unit is missing)' : '';
    throw new TargetError(`expected a limit such as ${expected.example} for ${metric.name}, got "${text}"${unitless}`, offset);
  }
  return { kind: 'number', value };
}

interface LimitForm {
  readonly parse: (text: string) => number | null;
  readonly example: string;
}

const forms = {
  ns: { parse: parseDurationNs, example: '"10ms"' },
  bytes: { parse: parseBytes, example: '"64KiB"' },
  ratio: { parse: parseRatio, example: '"80%"' },
  count: { parse: parseCount, example: '"1000" or "10k"' },
} satisfies Record<MetricDefinition['unit'], LimitForm>;

function perSecond(form: LimitForm): LimitForm {
  const parse = (text: string): number | null => {
    const match = /^(.*?)\s*\/\s*(s|min|m|h)$/.exec(text);
    const amount = match === null ? null : form.parse(match[1] ?? '');
    const periodNs = match === null ? null : parseDurationNs(`1${match[2] ?? ''}`);
    return amount === null || periodNs === null ? null : (amount * 1e9) / periodNs;
  };
  return { parse, example: `${form.example.split(' ')[0]?.slice(0, -1) ?? ''}/s"` };
}

function limitForm(metric: MetricDefinition, aggregation: Aggregation): LimitForm {
  if (aggregation.kind === 'count') return forms.count;
  if (aggregation.kind === 'slope') return perSecond(forms[metric.unit]);
  if (aggregation.kind === 'rate') {
    if (metric.rate === 'ratio') return forms.ratio;
    return metric.unit === 'count' ? { parse: parseRatePerSecond, example: '"1000/s"' } : perSecond(forms[metric.unit]);
  }
  return forms[metric.unit];
}

/** Aggregations that a kind of metric has. */
export const aggregationsOf: Readonly<Record<MetricDefinition['kind'], readonly Aggregation['kind'][]>> = {
  histogram: ['percentile', 'min', 'max', 'mean', 'count', 'slope'],
  counter: ['count', 'rate', 'slope'],
  gauge: ['value', 'min', 'max', 'mean', 'slope'],
};
