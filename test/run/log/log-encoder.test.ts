import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import hdr from 'hdr-histogram-js';
import { LogDecoder } from '../../../src/run/log/log-decoder.ts';
import { LogEncoder } from '../../../src/run/log/log-encoder.ts';
import { logFormat } from '../../../src/run/log/log-format.ts';
import { encode, interval } from '../../helpers/results.ts';
import { completeEnd, headerOf, logText, planWith, second } from './logged-runs.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { LogHeader } from '../../../src/run/log/log-format.ts';

const header: LogHeader = {
  log: logFormat,
  command: '2026-01-02T03:04:05.000Z',
  ...headerOf(planWith()),
  targets: [],
};

function decode(text: string): Interval[] {
  const intervals: Interval[] = [];
  const ignore = (): void => undefined;
  const decoder = new LogDecoder({ run: ignore, interval: (one) => intervals.push(one), end: ignore });
  for (const line of text.split('\n')) decoder.line(line);
  return intervals;
}

test("HdrHistogram's own reader finds every histogram, with its tag, time and values", async () => {
  hdr.initWebAssemblySync();
  const text = await logText([second(0), second(1), second(2)], { end: completeEnd });
  const reader = new hdr.HistogramLogReader(text);
  const found: unknown[] = [];
  for (;;) {
    const histogram = reader.nextIntervalHistogram();
    if (histogram === null) break;
    found.push([histogram.tag, histogram.startTimeStampMsec, histogram.totalCount, histogram.maxValue]);
  }
  const name = 'name=list%2C%20%22all%22%20%E2%80%A8%20%C3%A9';
  const startMs = Date.parse('2026-01-02T03:04:05.678Z');
  assert.deepEqual(found, [
    [`response_time{phase=warm%20up;${name}}`, startMs, 50, 590_335],
    [`response_time{phase=steady;${name}}`, startMs + 1000, 50, 690_175],
    [`response_time{phase=steady;${name}}`, startMs + 2000, 50, 790_015],
    [`response_time{phase=steady;${name}};censored`, startMs + 2000, 1, 5_003_804_671],
  ]);
});

test('the largest value of a line is in milliseconds', async () => {
  const text = await logText([second(1)]);
  assert.match(text, /^Tag=response_time\{[^,]*\},1\.000,1\.000,0\.690,HISTF/m);
});

test('no line of a log holds a character that ends a line, or a comma or space in its tag', async () => {
  const text = await logText([second(1)]);
  assert.doesNotMatch(text, /[\r\u0085\u2028\u2029]/);
  for (const line of text.split('\n').filter((one) => one.startsWith('Tag=')))
    assert.equal(line.split(/[ ,]/).length, 5);
});

test('a series is named once, before its first use', async () => {
  const text = await logText([second(1), second(2), second(3)]);
  assert.equal(text.split('\n').filter((line) => line.includes('{"series"')).length, 5);
});

test('secrets are taken out of examples and reasons before they reach the file', async () => {
  const text = await logText(
    [second(1, { errors: [{ class: 'x', tags: {}, count: 1, example: 'pw hunter2' }] })],
    {
      end: { ...completeEnd, validity: { state: 'suspect', reasons: ['hunter2 was late'] } },
      redact: (one) => one.replaceAll('hunter2', '[secret]'),
    },
  );
  assert.ok(!text.includes('hunter2'));
  assert.match(text, /\[secret\] was late/);
});

test('a run that makes up ever new tags is told as "other", and loses nothing', () => {
  const encoder = new LogEncoder((text) => text);
  const count = 12_000;
  const counters = Array.from({ length: count }, (_, index) => ({
    metric: 'throughput',
    tags: { name: `n${index}` },
    count: 1,
    of: 1,
  }));
  const [read] = decode(encoder.head(header) + encoder.interval(interval({ counters })));
  assert.equal(read?.counters.length, count);
  assert.ok(new Set(read?.counters.map(({ tags }) => tags['name'])).size <= 10_001);
});

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.toWellFormed());
const tags = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  text,
  { maxKeys: 3, noNullPrototype: true },
);
const values = fc.array(fc.integer({ min: 1, max: 4e12 }), { maxLength: 5 }).map(encode);
const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (Object.is(value, -0) ? 0 : value));
const amount = fc.double({ min: 0, max: 1e15, noNaN: true });
const intervals = fc.record({
  startNs: amount,
  durationNs: amount,
  tags,
  measured: fc.boolean(),
  histograms: fc.array(
    fc.record(
      { metric: text, tags, data: values, censored: values, note: text },
      { requiredKeys: ['metric', 'tags', 'data', 'censored'] },
    ),
    { maxLength: 4 },
  ),
  counters: fc.array(fc.record({ metric: text, tags, count: number, of: number }), { maxLength: 4 }),
  gauges: fc.array(fc.record({ metric: text, tags, value: number }), { maxLength: 3 }),
  errors: fc.array(fc.record({ class: text, tags, count: amount, example: text }), { maxLength: 3 }),
});

test('what is read is what was written, whatever names, tags and values it has', () => {
  fc.assert(
    fc.property(fc.array(intervals, { maxLength: 3 }), (written) => {
      const encoder = new LogEncoder((one) => one);
      const log = encoder.head(header) + written.map((one) => encoder.interval(one)).join('');
      assert.deepEqual(decode(log).map(plain), written.map(plain));
    }),
    { numRuns: 200 },
  );
});

/** Bytes as arrays, so that views on different buffers are equal; objects with the usual prototype. */
function plain(one: Interval): unknown {
  const histograms = one.histograms.map((slice) => ({
    ...slice,
    data: [...slice.data],
    censored: [...slice.censored],
  }));
  return structuredClone({ ...one, histograms });
}
