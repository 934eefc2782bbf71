import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { metricCatalogue } from '../../src/model/metrics.ts';
import { TargetError, aggregationsOf, parseTarget, resolveLimit } from '../../src/model/target.ts';
import type { Aggregation, Limit } from '../../src/model/target.ts';

function metric(name: string) {
  const found =
    metricCatalogue.load.find((one) => one.name === name) ??
    metricCatalogue.bench.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

function limitOf(text: string): Limit {
  const parsed = parseTarget(text);
  return resolveLimit(parsed.limitText, parsed.limitOffset, metric(parsed.metric), parsed.aggregation);
}

function faultOf(run: () => unknown): { offset: number; message: string } {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof TargetError);
    return { offset: error.offset, message: error.message };
  }
  return assert.fail('expected a TargetError');
}

test('every part of a target is read, with its place', () => {
  assert.deepEqual(parseTarget('ws_time{name:feed, op:a b} p99.9 <= 80ms in steady over 10s'), {
    metric: 'ws_time',
    metricOffset: 0,
    tags: { name: 'feed', op: 'a b' },
    tagOffsets: { name: 8, op: 19 },
    aggregation: { kind: 'percentile', percentile: 99.9 },
    aggregationOffset: 27,
    op: '<=',
    limitText: '80ms',
    limitOffset: 36,
    phase: 'steady',
    phaseOffset: 44,
    overNs: 10e9,
  });
});

test('spaces are free where the grammar has none', () => {
  const { limitText, aggregation, op } = parseTarget('  errors   rate<0.1%  ');
  assert.deepEqual(
    { limitText, aggregation, op },
    { limitText: '0.1%', aggregation: { kind: 'rate' }, op: '<' },
  );
});

test('a fault is placed where it stands', () => {
  const faults: Readonly<Record<string, number>> = {
    'p95 < 200': 0,
    'x p101 < 1ms': 2,
    'x p0 < 1ms': 2,
    'x p95 ~ 3': 6,
    'x{a} p95 < 3': 3,
    'x{a:b,} p95 < 3': 5,
    'x{a:1, a:2} p95 < 3': 7,
    'x{a:1': 5,
    'x p95 <': 7,
    'x p95 < 3 in': 12,
    'x p95 < 3 in a b': 15,
    'x p95 < 3 over 10': 15,
    'x p95 < 3 over 0s': 15,
    'x median < 3': 2,
    '': 0,
  };
  for (const [text, offset] of Object.entries(faults))
    assert.equal(faultOf(() => parseTarget(text)).offset, offset, text);
});

test('a target longer than 512 characters is refused', () => {
  assert.match(faultOf(() => parseTarget(`x p95 < ${'9'.repeat(600)}`)).message, /at most 512 characters/);
});

test('a prototype key is a tag like any other', () => {
  const { tags } = parseTarget('x{__proto__:y} p95 < 3');
  assert.deepEqual(Object.keys(tags), ['__proto__']);
  assert.equal(Object.getPrototypeOf({}), Object.prototype);
});

test('a limit is read in the unit of its metric and aggregation', () => {
  const limits: Readonly<Record<string, number>> = {
    'response_time p95 < 200ms': 200e6,
    'response_time count >= 10k': 10_000,
    'throughput rate >= 172000/s': 172_000,
    'throughput rate >= 600/min': 10,
    'errors rate < 0.1%': 0.001,
    'errors rate < 0.5': 0.5,
    'errors count == 0': 0,
    'bytes_in rate < 1MiB/s': 1024 ** 2,
    'rss max < 64MiB': 64 * 1024 ** 2,
    'rss slope < 60KiB/min': 1024,
    'cpu value < 150%': 1.5,
  };
  for (const [text, value] of Object.entries(limits)) {
    const limit = limitOf(text);
    assert.ok(limit.kind === 'number' && Math.abs(limit.value - value) < 1e-9 * Math.max(1, value), text);
  }
});

test('a limit relative to another measurement is a factor', () => {
  assert.deepEqual(limitOf('response_time p95 < baseline'), { kind: 'baseline', factor: 1 });
  assert.deepEqual(limitOf('response_time p95 < baseline * 1.1'), { kind: 'baseline', factor: 1.1 });
  assert.deepEqual(limitOf('response_time p95 < baseline + 10%'), { kind: 'baseline', factor: 1.1 });
  assert.deepEqual(limitOf('response_time p95 <= reference * 40%'), { kind: 'reference', factor: 0.4 });
  assert.match(faultOf(() => limitOf('response_time p95 < baseline * 0')).message, /factor above 0/);
});

test('a limit without its unit is refused, and so is a share that would always hold', () => {
  assert.match(faultOf(() => limitOf('response_time p95 < 200')).message, /a unit is missing/);
  assert.match(
    faultOf(() => limitOf('throughput rate > 200')).message,
    /such as "1000\/s".*a unit is missing/,
  );
  assert.match(faultOf(() => limitOf('errors rate < 5')).message, /write "5%" or "0.05"/);
  assert.equal(faultOf(() => limitOf('response_time p95 < 200msx')).offset, 20);
});

test('every aggregation of every metric has a limit that can be written', () => {
  const examples = ['10ms', '64KiB', '80%', '1000', '10ms/s', '64KiB/s', '80%/s', '1000/s'];
  for (const definition of [...metricCatalogue.bench, ...metricCatalogue.load]) {
    for (const kind of aggregationsOf[definition.kind]) {
      const aggregation: Aggregation = kind === 'percentile' ? { kind, percentile: 95 } : { kind };
      const readable = examples.some((text) => {
        try {
          return resolveLimit(text, 0, definition, aggregation).kind === 'number';
        } catch {
          return false;
        }
      });
      assert.ok(readable, `${definition.name} ${kind}`);
    }
  }
});

const word = fc.stringMatching(/^[A-Za-z_]\w{0,12}$/).filter((text) => !/^p\d/.test(text));
const spaces = fc.stringMatching(/^ {1,3}$/);

test('what is put together from its parts parses into them', () => {
  fc.assert(
    fc.property(
      fc.record({
        metric: word,
        tags: fc.dictionary(word, fc.stringMatching(/^[\w./-]{1,10}$/), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
        aggregation: fc.constantFrom(
          'p50',
          'p99.99',
          'min',
          'max',
          'mean',
          'count',
          'rate',
          'value',
          'slope',
        ),
        op: fc.constantFrom('<', '<=', '>', '>=', '=='),
        limit: fc.constantFrom('10ms', '80%', '1000/s', 'baseline * 1.1', 'reference', 'inside', 'overs 3'),
        phase: fc.option(word),
        over: fc.option(fc.integer({ min: 1, max: 100 })),
        gap: spaces,
      }),
      ({ metric: name, tags, aggregation, op, limit, phase, over, gap }) => {
        const pairs = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
        const text = [
          pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`,
          aggregation,
          op,
          limit,
          ...(phase === null ? [] : ['in', phase]),
          ...(over === null ? [] : ['over', `${over}s`]),
        ].join(gap);
        const parsed = parseTarget(text);
        assert.equal(parsed.metric, name);
        assert.deepEqual(parsed.tags, tags);
        assert.equal(
          text.slice(parsed.aggregationOffset, parsed.aggregationOffset + aggregation.length),
          aggregation,
        );
        assert.equal(parsed.op, op);
        assert.equal(parsed.limitText, limit);
        assert.equal(text.slice(parsed.limitOffset, parsed.limitOffset + limit.length), limit);
        assert.equal(parsed.phase, phase);
        if (phase !== null)
          assert.equal(text.slice(parsed.phaseOffset, parsed.phaseOffset + phase.length), phase);
        assert.equal(parsed.overNs, over === null ? null : over * 1e9);
      },
    ),
    { numRuns: 300 },
  );
});

test('any text is a target or a TargetError within it', () => {
  const parts = fc.array(
    fc.constantFrom(
      'p95',
      'errors',
      '{',
      '}',
      'a:b',
      ',',
      '<',
      '10ms',
      'in',
      'over',
      '10s',
      ' ',
      'rate',
      '"',
      '\n',
    ),
    { maxLength: 15 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        parts.map((list) => list.join('')),
      ),
      (text) => {
        try {
          parseTarget(text);
        } catch (error) {
          assert.ok(error instanceof TargetError, String(error));
          assert.ok(error.offset >= 0 && error.offset <= text.length);
        }
      },
    ),
    { numRuns: 300 },
  );
});
