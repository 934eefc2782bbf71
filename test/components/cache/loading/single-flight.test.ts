import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SingleFlight } from '../../../../src/components/cache/loading/single-flight.ts';
import type { FlightContext } from '../../../../src/components/cache/loading/single-flight.ts';

describe('single flight', () => {
  test('all who ask while it is under way share one load, value or failure', async () => {
    const flights = new SingleFlight<string, number>();
    for (const fails of [false, true]) {
      let loads = 0;
      const gate = Promise.withResolvers<number>();
      const work = (): Promise<number> => {
        loads++;
        return gate.promise;
      };
      const callers = Array.from({ length: 50 }, () => flights.join('a', work));
      if (fails) gate.reject(undefined);
      else gate.resolve(7);
      const results = await Promise.allSettled(callers);
      assert.equal(loads, 1);
      for (const result of results) {
        if (fails) assert.deepEqual(result, { status: 'rejected', reason: undefined });
        else assert.deepEqual(result, { status: 'fulfilled', value: 7 });
      }
      assert.equal(flights.size, 0);
    }
  });

  test('a caller who gives up does not stop the others; the last one stops the load', async () => {
    const flights = new SingleFlight<string, number>();
    const gate = Promise.withResolvers<number>();
    let loadSignal: AbortSignal | undefined;
    const work = ({ signal }: FlightContext): Promise<number> => {
      loadSignal = signal;
      return gate.promise;
    };
    const [first, second] = [new AbortController(), new AbortController()];
    const callers = [flights.join('a', work, first.signal), flights.join('a', work, second.signal)];
    first.abort(new Error('enough'));
    await assert.rejects(Promise.resolve(callers[0]), /enough/);
    assert.equal(loadSignal?.aborted, false);
    second.abort(new Error('me too'));
    await assert.rejects(Promise.resolve(callers[1]), /me too/);
    assert.equal(loadSignal?.aborted, true);
    // Whoever asks now does not get the load that was given up.
    const next = flights.join('a', () => 2);
    gate.resolve(1);
    assert.equal(await next, 2);
    await assert.rejects(
      async () => flights.join('a', () => 3, AbortSignal.abort(new Error('before'))),
      /before/,
    );
  });

  test('a caller without a signal keeps the load going', async () => {
    const flights = new SingleFlight<string, number>();
    const gate = Promise.withResolvers<number>();
    const stays = flights.join('a', () => gate.promise);
    const leaves = new AbortController();
    const left = flights.join('a', () => 0, leaves.signal);
    leaves.abort(new Error('gone'));
    await assert.rejects(Promise.resolve(left), /gone/);
    gate.resolve(5);
    assert.equal(await stays, 5);
  });

  test('work that throws at once, or asks for the same key from within, is no trouble', async () => {
    const flights = new SingleFlight<string, number>();
    await assert.rejects(
      async () =>
        flights.join('a', () => {
          throw new Error('at once');
        }),
      /at once/,
    );
    let inner: number | Promise<number> | undefined;
    const outer = flights.join('a', () => {
      inner = flights.join('a', () => 99);
      return 1;
    });
    assert.deepEqual([await outer, await inner], [1, 1]);
  });
});
