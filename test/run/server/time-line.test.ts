import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { interval, range } from '../../helpers/results.ts';
import { emptyReading } from '../../../src/run/server/server-reading.ts';
import { TimeLine } from '../../../src/run/server/time-line.ts';
import type { CounterSlice, Interval } from '../../../src/model/interval.ts';
import type { ServerReading } from '../../../src/run/server/server-reading.ts';

const s = 1e9;
/** The clock of the readings starts earlier than the run. */
const origin = 100 * s;

function second(phase: string, at: number, { operations = 0, measured = true } = {}): Interval {
  const errors = { metric: 'errors', tags: {}, count: 0, of: operations };
  return interval({ startNs: at * s, tags: { phase }, measured, counters: [errors] });
}

function reading(from: number, at: number, more: Partial<ServerReading> = {}): ServerReading {
  return { ...emptyReading(origin + from * s, origin + at * s), ...more };
}

function counted(
  from: number,
  at: number,
  count: number,
  per: 'time' | 'operations' = 'time',
): ServerReading {
  const metric = per === 'time' ? 'server.n' : 'server.cpu_time';
  return reading(from, at, { counters: [{ metric, tags: {}, count, per }] });
}

function ofServer(found: readonly Interval[]): (readonly [phase: string | undefined, CounterSlice[]])[] {
  return found.map(({ tags, counters }) => [
    tags['phase'],
    counters.filter(({ metric }) => metric.startsWith('server.')),
  ]);
}

const n = (count: number, of: number) => ({ metric: 'server.n', tags: {}, count, of: of * s });

test('a reading belongs to the interval in which it was taken', () => {
  const line = new TimeLine([]);
  line.add(reading(0, 0.5, { gauges: [{ metric: 'server.a', tags: {}, value: 1 }] }));
  line.add(reading(0.5, 1.5, { gauges: [{ metric: 'server.a', tags: {}, value: 2 }] }));
  const gauges = (at: number): number[] =>
    line.place(second('p', at), origin + (at + 1) * s).flatMap((one) => one.gauges.map(({ value }) => value));
  assert.deepEqual(gauges(0), [1]);
  assert.deepEqual(gauges(1), [2]);
});

test('what was counted before the load began is the first phase’s, over the time of the load', () => {
  const line = new TimeLine([]);
  line.add(counted(-3, 1, 50));
  assert.deepEqual(ofServer(line.place(second('p', 0), origin + s)), [['p', [n(50, 1)]]]);
});

test('what was counted from one phase into the next is shared out by time', () => {
  const line = new TimeLine([]);
  line.place(second('a', 0), origin + s);
  line.add(counted(0.75, 1.75, 100));
  const found = line.place(second('b', 1), origin + 2 * s);
  assert.deepEqual(ofServer(found), [
    ['a', [n(25, 0.25)]],
    ['b', [n(75, 0.75)]],
  ]);
  assert.deepEqual(
    found.map(({ durationNs, measured }) => [durationNs, measured]),
    [
      [0, true],
      [s, true],
    ],
  );
});

test('CPU time is divided by all operations, those of phases beside too, and not by those after the process has gone', () => {
  const line = new TimeLine(['side']);
  line.place(second('side', 0, { operations: 5 }), origin + s);
  line.add(counted(0, 1, 300, 'operations'));
  const cpu = (found: readonly Interval[]): unknown => ofServer(found)[0]?.[1];
  const slice = { metric: 'server.cpu_time', tags: {} };
  assert.deepEqual(cpu(line.place(second('p', 0, { operations: 10 }), origin + s)), [
    { ...slice, count: 300, of: 15 },
  ]);
  assert.deepEqual(cpu(line.place(second('p', 1, { operations: 10 }), origin + 2 * s)), []);
});

test('what is read when the load is over belongs to its last phase, up to its end', () => {
  const line = new TimeLine([]);
  line.place(second('p', 0), origin + s);
  line.add(counted(0.5, 4, 10));
  assert.deepEqual(ofServer(line.finish()), [['p', [n(10, 0.5)]]]);
  assert.deepEqual(line.finish(), []);
});

test('a phase beside carries the readings where no phase in series is left', () => {
  const line = new TimeLine(['side']);
  line.place(second('p', 0), origin + s);
  assert.equal(line.carries(second('side', 0)), false);
  assert.equal(line.carries(second('side', 2)), true);
});

test('nothing that was counted is lost or counted twice, however readings and phases fall', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 50, max: 2500 }), fc.nat(1000)), { minLength: 1 });
  fc.assert(
    fc.property(
      steps,
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
      (reads, phases) => {
        const line = new TimeLine([]);
        const found: Interval[] = [];
        let atMs = 0;
        const due = reads.map(([gapMs, count]) => {
          const fromMs = atMs;
          atMs += gapMs;
          return { atMs, one: counted(fromMs / 1e3, atMs / 1e3, count) };
        });
        const seconds = phases.flatMap((length, index) => range(length, () => `p${index}`));
        for (const [at, phase] of seconds.entries()) {
          while ((due[0]?.atMs ?? Infinity) <= (at + 1) * 1e3) line.add(due.shift()?.one ?? counted(0, 0, 0));
          found.push(...line.place(second(phase, at), origin + (at + 1) * s));
        }
        for (const { one } of due) line.add(one);
        found.push(...line.finish());
        const sum = found.flatMap(({ counters }) => counters).filter(({ metric }) => metric === 'server.n');
        const total = sum.reduce((all, { count }) => all + count, 0);
        assert.equal(
          total,
          reads.reduce((all, [, count]) => all + count, 0),
        );
        assert.ok(sum.every(({ count, of }) => count >= 0 && of >= 0));
      },
    ),
    { numRuns: 200 },
  );
});
