import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { runTimedPhases } from '../../../src/bench/samplers/timed-phases.ts';

type Event = 'warm-up' | 'collection' | 'begin' | 'measured';

/** What comes after what, on a virtual clock on which a slice takes 10 ms. */
async function phases({
  warmupNs,
  forNs,
  signal = new AbortController().signal,
}: {
  readonly warmupNs: number;
  readonly forNs: number;
  readonly signal?: AbortSignal;
}): Promise<Event[]> {
  let ns = 0;
  const events: Event[] = [];
  globalThis.gc = Object.assign(() => void events.push('collection'), globalThis.gc);
  await runTimedPhases({
    warmupNs,
    forNs,
    signal,
    now: () => ns,
    beforeMeasuring: async () => void events.push('begin'),
    slice: (measuring) => {
      events.push(measuring ? 'measured' : 'warm-up');
      ns += 10e6;
      return 10e6;
    },
  });
  return events;
}

describe('runTimedPhases', () => {
  let collect: typeof globalThis.gc;
  beforeEach(() => (collect = globalThis.gc));
  afterEach(() => (globalThis.gc = collect));

  test('collects garbage amid the warm-up, since code that a collection throws away has to get warm again', async () => {
    const events = await phases({ warmupNs: 100e6, forNs: 50e6 });
    const before = events.indexOf('collection');
    const begin = events.indexOf('begin');
    assert.deepEqual(events.slice(0, before), Array<Event>(6).fill('warm-up'));
    assert.deepEqual(events.slice(before + 1, begin), Array<Event>(4).fill('warm-up'));
    assert.deepEqual(events.slice(begin + 1), Array<Event>(5).fill('measured'));
  });

  test('without a warm-up it begins with the collection', async () => {
    assert.deepEqual(await phases({ warmupNs: 0, forNs: 20e6 }), [
      'collection',
      'begin',
      'measured',
      'measured',
    ]);
  });

  test('an abort ends the warm-up before anything is measured', async () => {
    const events = await phases({ warmupNs: 100e6, forNs: 50e6, signal: AbortSignal.abort() });
    assert.deepEqual(events, []);
  });
});
