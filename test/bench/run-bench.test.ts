import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { forkRound } from '../../src/bench/rounds/fork-round.ts';
import type { EngineOutcome, Progress } from '../../src/model/engine.ts';
import { PerfkitError } from '../../src/model/errors.ts';
import type { Interval } from '../../src/model/interval.ts';
import type { BenchPlan } from '../../src/model/plan.ts';
import { runBench } from '../../src/run/bench.ts';
import { driver, fixture, planFor } from './plan-for.ts';

interface Ran {
  readonly outcome: EngineOutcome;
  readonly intervals: Interval[];
  readonly progress: Progress[];
}

async function runPlan(
  plan: BenchPlan,
  abort = new AbortController(),
  onInterval: (count: number) => void = () => undefined,
): Promise<Ran> {
  const intervals: Interval[] = [];
  const progress: Progress[] = [];
  const sink = (interval: Interval): void => {
    intervals.push(interval);
    onInterval(intervals.length);
  };
  const outcome = await runBench(plan, {
    sink,
    progress: (step) => progress.push(step),
    signal: abort.signal,
  });
  return { outcome, intervals, progress };
}

test('hands over an interval for each subject, concurrency and round, in order of time', async () => {
  const run = { rounds: 2, concurrency: [1, 2], isolate: 'none' } as const;
  const { outcome, intervals, progress } = await runPlan(
    planFor([fixture('function', 'square'), fixture('function', 'asynchronous')], { run }),
  );
  assert.equal(outcome.complete, true);
  const tags = intervals.map(({ tags: one }) => `${one['subject']} ${one['concurrency']} ${one['round']}`);
  assert.deepEqual(tags.toSorted(), [
    'asynchronous 1 1',
    'asynchronous 1 2',
    'asynchronous 2 1',
    'asynchronous 2 2',
    'square 1 1',
    'square 1 2',
    'square 2 1',
    'square 2 2',
  ]);
  const starts = intervals.map(({ startNs }) => startNs);
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  );
  for (const interval of intervals) {
    assert.ok(interval.measured && interval.durationNs > 0);
    for (const metric of ['cpu', 'rss', 'rss_growth', 'heap_used'])
      assert.ok(
        interval.gauges.some((gauge) => gauge.metric === metric),
        metric,
      );
    for (const metric of ['throughput', 'errors', 'gc_time', 'gc_count'])
      assert.ok(
        interval.counters.some((counter) => counter.metric === metric),
        metric,
      );
  }
  assert.equal(progress.at(-1)?.done, 1);
  assert.ok(progress.every(({ done }, index) => index === 0 || done >= (progress[index - 1]?.done ?? 0)));
});

test('without several concurrencies there is no such tag', async () => {
  const { intervals } = await runPlan(planFor([fixture('function', 'square')]));
  assert.deepEqual(
    intervals.map(({ tags }) => tags),
    [{ subject: 'square', round: '1' }],
  );
});

test('a round in a process of its own gives the same kind of interval', async () => {
  const { outcome, intervals } = await runPlan(
    planFor([fixture('function', 'failing')], { run: { isolate: 'process', rounds: 1 } }),
  );
  assert.equal(outcome.complete, true);
  const [interval] = intervals;
  assert.ok(interval && interval.histograms[0]?.data instanceof Uint8Array);
  assert.deepEqual(
    interval.errors.map(({ class: name }) => name),
    ['RangeError'],
  );
  assert.match(interval.errors[0]?.example ?? '', /^three divides \d+$/);
});

test('if everything fails the run still ends', async () => {
  const { outcome, intervals } = await runPlan(planFor([fixture('function', 'failsAlways')]));
  assert.equal(outcome.complete, true);
  assert.deepEqual(intervals[0]?.histograms, []);
  assert.equal(intervals[0]?.errors[0]?.class, 'TypeError');
});

test('an empty function makes the run suspect and the reason names it', async () => {
  const { outcome } = await runPlan(planFor([driver('noop')], { run: { warmupNs: 50e6, forNs: 5e6 } }));
  assert.equal(outcome.validity.state, 'suspect');
  assert.match(
    outcome.validity.reasons.join(),
    /noop: the compiler seems to have optimised the operation away/,
  );
});

async function rejection(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PerfkitError, String(error));
  assert.doesNotMatch(error.message, /^\s+at /m);
  return error.message;
}

const isolated = { run: { isolate: 'process', warmupNs: 1e6, forNs: 5e6 } } as const;

test('a subject that ends its process is named, with what it printed last and without a stack', async () => {
  const message = await rejection(runPlan(planFor([fixture('function', 'exits')], isolated)));
  assert.match(
    message,
    /^subject exits: its process ended with exit code 7 before it had a result \(round 1\); the last it printed:\n {2}about to give up$/,
  );
});

test('a set-up that fails in the other process is reported like one in this process', async () => {
  const message = await rejection(runPlan(planFor([fixture('factory', 'createFails')], isolated)));
  assert.equal(message, 'subject createFails: its set-up failed: RangeError: no such data');
});

test('a promise rejected behind the back of the operation is reported', async () => {
  const message = await rejection(runPlan(planFor([fixture('function', 'rejectsUnhandled')], isolated)));
  assert.equal(message, 'subject rejectsUnhandled left a rejected promise unhandled: nobody listens');
});

test('a subject that hangs is stopped and named', async () => {
  const subject = fixture('function', 'blocksForEver');
  const options = {
    signal: new AbortController().signal,
    onMeasuring: () => undefined,
    paddingBytes: 10,
    graceNs: 1_500e6,
  };
  const message = await rejection(
    forkRound(planFor([subject], isolated), { subject, concurrency: 1, round: 3 }, options),
  );
  assert.match(
    message,
    /^subject blocksForEver hung: no result within 2 s, so its process was stopped \(round 3\); it printed nothing$/,
  );
});

test('an abort ends a process that does not listen, and what was delivered stays', async () => {
  const subjects = [fixture('function', 'blocksForEver')];
  const abort = new AbortController();
  const running = runPlan(planFor(subjects, isolated), abort);
  setTimeout(() => abort.abort(), 300);
  const { outcome, intervals } = await running;
  assert.equal(outcome.complete, false);
  assert.deepEqual(intervals, []);
});

test('an abort between two rounds keeps the first', async () => {
  const abort = new AbortController();
  const plan = planFor([fixture('function', 'square')], { run: { rounds: 5 } });
  const { outcome, intervals } = await runPlan(plan, abort, () => abort.abort());
  assert.equal(outcome.complete, false);
  assert.equal(intervals.length, 1);
});

test('an abort during a long round delivers what was measured until then', async () => {
  const abort = new AbortController();
  const plan = planFor([fixture('function', 'square')], { run: { forNs: 3600e9, isolate: 'process' } });
  const intervals: Interval[] = [];
  const outcome = await runBench(plan, {
    sink: (interval) => intervals.push(interval),
    // The first step says that the round begins, the second that its warm-up is over; then some slices get their time.
    progress: ({ done }) => {
      if (done > 0) setTimeout(() => abort.abort(), 300);
    },
    signal: abort.signal,
  });
  assert.equal(outcome.complete, false);
  assert.equal(intervals.length, 1);
  assert.ok((intervals[0]?.counters.find(({ metric }) => metric === 'throughput')?.count ?? 0) > 0);
});

test('what a subject prints goes to standard error, never to standard output', async () => {
  const script = `
    import { runBench } from ${JSON.stringify(new URL('../../src/run/bench.ts', import.meta.url).href)};
    const plan = ${JSON.stringify(planFor([fixture('function', 'prints')], isolated))};
    await runBench(plan, { sink: () => {}, progress: () => {}, signal: new AbortController().signal });
    console.log('only this');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  await once(child, 'close');
  assert.equal(Buffer.concat(out).toString(), 'only this\n');
  assert.match(Buffer.concat(err).toString(), /printed by the subject/);
});

test('an abort during the warm-up delivers nothing', async () => {
  const abort = new AbortController();
  const plan = planFor([fixture('function', 'square')], { run: { warmupNs: 3600e9 } });
  setTimeout(() => abort.abort(), 100);
  const { outcome, intervals } = await runPlan(plan, abort);
  assert.equal(outcome.complete, false);
  assert.deepEqual(intervals, []);
});
