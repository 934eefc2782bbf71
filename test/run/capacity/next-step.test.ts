import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createRandom } from '../../../src/measure/random.ts';
import { nextStep } from '../../../src/run/capacity/next-step.ts';
import type { StepOutcome } from '../../../src/model/capacity.ts';
import type { SearchEnd, SearchOptions, StepRecord } from '../../../src/run/capacity/next-step.ts';

type Server = (ratePerSecond: number, kind: StepRecord['kind']) => StepOutcome;

interface Searched {
  readonly end: SearchEnd;
  readonly history: readonly StepRecord[];
}

function search(server: Server, options: SearchOptions): Searched {
  const history: StepRecord[] = [];
  for (;;) {
    const decision = nextStep(history, options);
    if (decision.kind === 'done') return { end: decision, history };
    assert.ok(history.length < 250, 'the search has to end');
    const { kind, ratePerSecond } = decision;
    history.push({ kind, ratePerSecond, outcome: server(ratePerSecond, kind) });
  }
}

const usual: SearchOptions = { fromPerSecond: 100, maxPerSecond: 1e6, precision: 0.05 };

/** p99 of the time in an M/M/1 queue: the sojourn time is exponential with rate mu - lambda. */
function queue(servedPerSecond: number, limitSeconds: number): Server {
  return (rate) =>
    rate < servedPerSecond && -Math.log(0.01) / (servedPerSecond - rate) < limitSeconds ? 'pass' : 'fail';
}

const options = fc.record({
  fromPerSecond: fc.constantFrom(0.5, 1, 10, 100, 333),
  maxPerSecond: fc.constantFrom(20_000, 1e6),
  precision: fc.double({ min: 0.005, max: 0.5, noNaN: true }),
});

describe('the search for the capacity', () => {
  test('finds the knee of a queue to within the precision, below it, and confirms it with a soak', () => {
    const servers = fc.record({
      served: fc.double({ min: 1, max: 1e6, noNaN: true }),
      limit: fc.double({ min: 0.001, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(servers, options, ({ served, limit }, settings) => {
        const knee = served - -Math.log(0.01) / limit;
        const { end, history } = search(queue(served, limit), settings);
        if (knee <= settings.fromPerSecond) {
          assert.equal(end.outcome, 'too slow');
          assert.equal(end.capacityPerSecond, null);
        } else if (knee > settings.maxPerSecond) {
          assert.deepEqual(
            [end.outcome, end.capacityPerSecond, end.atMaximum],
            ['found', settings.maxPerSecond, true],
          );
        } else {
          assert.equal(end.outcome, 'found');
          const capacity = end.capacityPerSecond ?? 0;
          assert.ok(capacity < knee && knee <= capacity * (1 + settings.precision));
          assert.deepEqual(history.at(-1), { kind: 'soak', ratePerSecond: capacity, outcome: 'pass' });
        }
      }),
      { numRuns: 300 },
    );
  });

  test('takes steps in proportion to the logarithms of range and precision', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), options, (knee, settings) => {
        const { history } = search((rate) => (rate < knee ? 'pass' : 'fail'), settings);
        const climb = Math.log2(settings.maxPerSecond / settings.fromPerSecond) + 2;
        const bisect = Math.log2(Math.log(2) / Math.log(1 + settings.precision)) + 2;
        assert.ok(history.length <= climb + 2 * Math.max(1, bisect) + 3, `${history.length} steps`);
      }),
    );
  });

  test('never repeats a step that passed, and others until they failed or were invalid twice', () => {
    fc.assert(
      fc.property(fc.nat(), options, (seed, settings) => {
        const random = createRandom(seed);
        const { history } = search(() => {
          const at = random.next();
          return at < 0.7 ? 'pass' : at < 0.95 ? 'fail' : 'invalid';
        }, settings);
        const keys = history.map(({ kind, ratePerSecond }) => `${kind} ${ratePerSecond}`);
        const groups: StepOutcome[][] = [];
        for (const [index, { outcome }] of history.entries()) {
          if (index > 0 && keys[index - 1] === keys[index]) groups.at(-1)?.push(outcome);
          else groups.push([outcome]);
        }
        for (const outcomes of groups) {
          const decided =
            outcomes.at(-1) === 'pass' || outcomes.filter((one) => one === outcomes.at(-1)).length === 2;
          assert.ok(decided && outcomes.length <= 3, outcomes.join());
          assert.ok(!outcomes.slice(0, -1).includes('pass'));
        }
        assert.equal(new Set(keys).size, keys.filter((key, index) => keys[index - 1] !== key).length);
      }),
      { numRuns: 300 },
    );
  });

  test('a step in a hundred that fails by chance leaves the result where it was', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 200, max: 500_000, noNaN: true }), (seed, knee) => {
        const random = createRandom(seed);
        let last = 'pass';
        const noisy: Server = (rate) => {
          // chance strikes one attempt, not both
          const hiccup = last === 'pass' && random.next() < 0.01;
          last = rate < knee && !hiccup ? 'pass' : 'fail';
          return rate < knee && !hiccup ? 'pass' : 'fail';
        };
        const { end } = search(noisy, usual);
        const capacity = end.capacityPerSecond ?? 0;
        assert.equal(end.outcome, 'found');
        assert.ok(capacity < knee && knee <= capacity * 1.0501, `${capacity} for ${knee}`);
      }),
    );
  });

  test('ends where the generator was the limit, with the highest rate that held', () => {
    fc.assert(
      fc.property(fc.double({ min: 50, max: 1e6, noNaN: true }), (limit) => {
        const { end, history } = search((rate) => (rate < limit ? 'pass' : 'invalid'), usual);
        assert.equal(end.outcome, 'generator');
        assert.equal(history.filter(({ outcome }) => outcome === 'invalid').length, 2);
        assert.ok((end.endedAtPerSecond ?? 0) >= limit);
        assert.ok(end.capacityPerSecond === null ? limit <= 100 : end.capacityPerSecond < limit);
      }),
    );
  });

  test('one invalid attempt does not end it, and is no evidence against the server', () => {
    const at = (...outcomes: StepOutcome[]): StepRecord[] =>
      outcomes.map((outcome) => ({ kind: 'search', ratePerSecond: 100, outcome }));
    assert.deepEqual(nextStep(at('invalid'), usual), { kind: 'search', ratePerSecond: 100, attempt: 2 });
    assert.deepEqual(nextStep(at('invalid', 'pass'), usual), {
      kind: 'search',
      ratePerSecond: 200,
      attempt: 1,
    });
    const third = nextStep(at('fail', 'invalid'), usual);
    assert.deepEqual(third, { kind: 'search', ratePerSecond: 100, attempt: 3 });
    const slow = nextStep(at('fail', 'invalid', 'fail'), usual);
    assert.equal(slow.kind === 'done' && slow.outcome, 'too slow');
    const limited = nextStep(at('fail', 'invalid', 'invalid'), usual);
    assert.equal(limited.kind === 'done' && limited.outcome, 'generator');
  });

  test('a soak that fails sends it below; after three of them it is undecided', () => {
    const tired: Server = (rate, kind) => (rate < (kind === 'soak' ? 700 : 1000) ? 'pass' : 'fail');
    const { end } = search(tired, { ...usual, precision: 0.4 });
    assert.equal(end.outcome, 'found');
    assert.ok((end.capacityPerSecond ?? 0) < 700);
    const never: Server = (rate, kind) => (kind === 'search' && rate < 1000 ? 'pass' : 'fail');
    const hopeless = search(never, usual);
    assert.equal(hopeless.end.outcome, 'undecided');
    assert.equal(
      new Set(hopeless.history.filter((one) => one.kind === 'soak').map((one) => one.ratePerSecond)).size,
      3,
    );
    const lowest = search(never, { ...usual, maxPerSecond: 100 });
    assert.equal(lowest.end.outcome, 'undecided');
    assert.equal(lowest.end.capacityPerSecond, null);
  });
});
