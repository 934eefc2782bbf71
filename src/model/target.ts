import { PerfkitError } from './errors.ts';
import { rateUnitOf } from './metrics.ts';
import {
  parseBytes,
  parseCount,
  parseDurationNs,
  parseRatePerSecond,
  parseRatio,
  splitQuantity,
} from './units.ts';
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

type Op = '<' | '<=' | '>' | '>=' | '==';

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

/** A target's shape: names are not checked and the limit is not read yet. Offsets are 0-based places in the text. */
export interface ParsedTarget extends Omit<Target, 'limit'> {
  readonly limitText: string;
  readonly limitOffset: number;
  readonly metricOffset: number;
  readonly tagOffsets: Readonly<Record<string, number>>;
  readonly aggregationOffset: number;
  readonly phaseOffset: number;
}

const maxLength = 512;
const aggregations = ['min', 'max', 'mean', 'count', 'rate', 'value', 'slope'] as const;
const usage =
  'write `metric{tag:value} agg op limit [in phase] [over window]`, such as `response_time p95 < 200ms`';

/** Parse the shape of a target; names are checked by `resolveLimit` and the planner. Throws TargetError. */
export function parseTarget(text: string): ParsedTarget {
  if (text.length > maxLength)
    throw new TargetError(`a target has at most ${maxLength} characters, this one has ${text.length}`, 0);
  const scan = new Scanner(text);
  const metricOffset = scan.skipSpace();
  const metric = scan.take(/[A-Za-z_][\w.:]*/y) ?? scan.fail('expected a metric');
  if (/^p\d/.test(metric))
    throw new TargetError(`a metric is missing before "${metric}": ${usage}`, metricOffset);
  const { tags, tagOffsets } = scanTags(scan);
  const aggregationOffset = scan.skipSpace();
  const aggregation = scanAggregation(scan);
  scan.skipSpace();
  const op = scanOp(scan);
  const limitOffset = scan.skipSpace();
  const limitText = scan.take(/(?:(?!\s+(?:in|over)(?:\s|$)).)+/sy)?.trim() ?? '';
  if (limitText === '') scan.fail('expected a limit such as "10ms"');
  const { phase, phaseOffset, overNs } = scanScope(scan);
  return {
    metric,
    metricOffset,
    tags,
    tagOffsets,
    aggregation,
    aggregationOffset,
    op,
    limitText,
    limitOffset,
    phase,
    phaseOffset,
    overNs,
  };
}

/** A cursor over the text of one target. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** What the sticky pattern matches here, and step over it; null when it does not match. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    this.#at += match[0].length;
    return match[0];
  }

  /** Step over white space; returns where the next thing starts. */
  skipSpace(): number {
    this.take(/\s*/y);
    return this.#at;
  }

  fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 40);
    throw new TargetError(
      `${expected}, got ${rest === '' ? 'the end of the target' : `"${rest}"`}: ${usage}`,
      this.#at,
    );
  }
}

function scanTags(scan: Scanner): { tags: Record<string, string>; tagOffsets: Record<string, number> } {
  const tags: [string, string][] = [];
  const tagOffsets: [string, number][] = [];
  scan.skipSpace();
  if (scan.take(/\{\s*/y) === null) return { tags: {}, tagOffsets: {} };
  while (scan.take(/\}/y) === null) {
    const offset = scan.skipSpace();
    const tag = scan.take(/[A-Za-z_]\w*/y) ?? scan.fail('expected a tag as {name:value}');
    if (scan.take(/\s*:\s*/y) === null) scan.fail(`expected ":" and a value after the tag "${tag}"`);
    const value = scan.take(/[^,{}]+/y)?.trim() ?? scan.fail(`expected a value for the tag "${tag}"`);
    if (tags.some(([name]) => name === tag))
      throw new TargetError(`the tag "${tag}" is written twice`, offset);
    tags.push([tag, value]);
    tagOffsets.push([tag, offset]);
    if (scan.take(/,\s*(?!\s|\})/y) === null && scan.take(/(?=\})/y) === null)
      scan.fail('expected "," or "}"');
  }
  // Own properties even for `__proto__`.
  return { tags: Object.fromEntries(tags), tagOffsets: Object.fromEntries(tagOffsets) };
}

function scanAggregation(scan: Scanner): Aggregation {
  const offset = scan.skipSpace();
  const expected = `expected p50, p95, p99.9, ... or one of ${aggregations.join(', ')}`;
  const text = scan.take(/[A-Za-z]\w*(?:\.\d+)?/y) ?? scan.fail(expected);
  if (/^p[\d.]+$/.test(text)) {
    const percentile = Number(text.slice(1));
    if (percentile > 0 && percentile < 100) return { kind: 'percentile', percentile };
    throw new TargetError(
      `a percentile lies between 0 and 100, got "${text}" (use max for the largest value)`,
      offset,
    );
  }
  const kind = aggregations.find((name) => name === text);
  if (kind === undefined) throw new TargetError(`${expected}, got "${text}"`, offset);
  return { kind };
}

const ops = ['<=', '>=', '==', '<', '>'] as const;

function scanOp(scan: Scanner): Op {
  const text = scan.take(/<=|>=|==|<|>/y);
  return ops.find((op) => op === text) ?? scan.fail('expected one of <, <=, >, >=, ==');
}

function scanScope(scan: Scanner): { phase: string | null; phaseOffset: number; overNs: number | null } {
  let phase: string | null = null;
  let phaseOffset = 0;
  let overNs: number | null = null;
  scan.skipSpace();
  if (scan.take(/in(?=\s|$)/y) !== null) {
    phaseOffset = scan.skipSpace();
    phase = scan.take(/\S+/y) ?? scan.fail('expected the name of a phase after "in"');
  }
  scan.skipSpace();
  if (scan.take(/over(?=\s|$)/y) !== null) {
    const offset = scan.skipSpace();
    const window = scan.take(/\S+/y) ?? scan.fail('expected a window such as "10s" after "over"');
    overNs = parseDurationNs(window);
    if (overNs === null || overNs <= 0)
      throw new TargetError(`expected a window such as "10s" after "over", got "${window}"`, offset);
  }
  scan.skipSpace();
  if (!scan.done) scan.fail('expected the end of the target');
  return { phase, phaseOffset, overNs };
}

/** Read the limit's number in the unit that metric and aggregation call for. Throws TargetError. */
export function resolveLimit(
  text: string,
  offset: number,
  metric: MetricDefinition,
  aggregation: Aggregation,
): Limit {
  const relative = /^(baseline|reference)(?:\s*\*\s*([\d.]+%?)|\s*([+-])\s*([\d.]+)%)?$/.exec(text);
  if (relative !== null) {
    const factor =
      relative[2] !== undefined
        ? parseRatio(relative[2])
        : relative[4] !== undefined
          ? 1 + ((relative[3] === '-' ? -1 : 1) * Number(relative[4])) / 100
          : 1;
    if (factor === null || !(factor > 0))
      throw new TargetError(`expected a factor above 0, got "${text}"`, offset);
    return { kind: relative[1] === 'baseline' ? 'baseline' : 'reference', factor };
  }
  const expected = limitForm(metric, aggregation);
  const value = expected.parse(text);
  if (value === null || !Number.isFinite(value)) {
    const unitless = splitQuantity(text)?.unit === '' ? ' (a unit is missing)' : '';
    throw new TargetError(
      `expected a limit such as ${expected.example} for ${metric.name}, got "${text}"${unitless}`,
      offset,
    );
  }
  if (expected === forms.ratio && Math.abs(value) > 1 && !text.endsWith('%')) {
    throw new TargetError(
      `expected a share such as ${expected.example} for ${metric.name}, got "${text}": write "${text}%" or "${value / 100}"`,
      offset,
    );
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
    if (metric.rate === 'ratio') return forms[rateUnitOf(metric)];
    return metric.unit === 'count'
      ? { parse: parseRatePerSecond, example: '"1000/s"' }
      : perSecond(forms[metric.unit]);
  }
  return forms[metric.unit];
}

/** Aggregations that a kind of metric has. */
export const aggregationsOf: Readonly<Record<MetricDefinition['kind'], readonly Aggregation['kind'][]>> = {
  histogram: ['percentile', 'min', 'max', 'mean', 'count', 'slope'],
  counter: ['count', 'rate', 'slope'],
  gauge: ['value', 'min', 'max', 'mean', 'slope'],
};

/** Samples that an aggregation takes to mean something: a percentile needs ten beyond it. */
export function samplesNeeded(aggregation: Aggregation): number {
  // The small step back undoes 10 / (1 - 0.999) = 10000.000000000009.
  return aggregation.kind === 'percentile' ? Math.ceil(10 / (1 - aggregation.percentile / 100) - 1e-6) : 1;
}
