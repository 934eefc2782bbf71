import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Backend } from '../../../src/server/balancer/backend.ts';
import { createChooser } from '../../../src/server/balancer/choose-backend.ts';

const agent = new Agent();

function backend(id: number, inFlight = 0, isUp = true): Backend {
  return { id, port: 1, agent, underWay: new Set(), isUp, inFlight, sockets: 0, requests: 0, failures: 0 };
}

describe('the least loaded', () => {
  test('gets the next request, and those alike get them in turns', () => {
    const choose = createChooser('least-loaded', 100);
    const backends = [backend(1), backend(2), backend(3)];
    assert.deepEqual(
      Array.from({ length: 6 }, () => choose(backends, 'inFlight', [])?.id),
      [1, 2, 3, 1, 2, 3],
    );
    const [busy] = backends;
    if (busy !== undefined) busy.inFlight = 5;
    assert.deepEqual(
      Array.from({ length: 4 }, () => choose(backends, 'inFlight', [])?.id),
      [2, 3, 2, 3],
    );
  });

  test('is never more loaded than any other that could have been chosen', () => {
    const some = fc.array(fc.record({ inFlight: fc.nat(9), isUp: fc.boolean() }), { maxLength: 16 });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 9 }), (list, most) => {
        const backends = list.map(({ inFlight, isUp }, index) => backend(index + 1, inFlight, isUp));
        const able = backends.filter(({ isUp, inFlight }) => isUp && inFlight < most);
        const chosen = createChooser('least-loaded', most)(backends, 'inFlight', []);
        if (able.length === 0) assert.equal(chosen, null);
        else assert.equal(chosen?.inFlight, Math.min(...able.map(({ inFlight }) => inFlight)));
      }),
      { numRuns: 300 },
    );
  });

  test('a queue behind one that is slow does not grow: it gets what it can serve', () => {
    // In each round three requests come; the slow one ends one in four rounds, the others two in each.
    const counts = { 'least-loaded': 0, 'round-robin': 0 };
    for (const balance of ['least-loaded', 'round-robin'] as const) {
      const choose = createChooser(balance, 1_000);
      const backends = [backend(1), backend(2), backend(3)];
      for (let round = 0; round < 400; round++) {
        for (let index = 0; index < 3; index++) {
          const chosen = choose(backends, 'inFlight', []);
          if (chosen !== null) chosen.inFlight++;
        }
        for (const one of backends) {
          const ends = one.id === 3 ? (round % 4 === 0 ? 1 : 0) : 2;
          one.inFlight = Math.max(0, one.inFlight - ends);
        }
      }
      counts[balance] = backends[2]?.inFlight ?? 0;
    }
    assert.ok(counts['least-loaded'] <= 2, `${counts['least-loaded']}`);
    assert.ok(counts['round-robin'] >= 250, `${counts['round-robin']}`);
  });
});

describe('in turns', () => {
  test('every one that is up has as many as the others, whatever they have under way', () => {
    const choose = createChooser('round-robin', 100);
    const backends = [backend(1, 50), backend(2), backend(3, 0, false), backend(4, 7)];
    assert.deepEqual(
      Array.from({ length: 6 }, () => choose(backends, 'inFlight', [])?.id),
      [1, 2, 4, 1, 2, 4],
    );
  });

  test('one that was tried, is down or is full gets none', () => {
    const choose = createChooser('round-robin', 10);
    const backends = [backend(1, 10), backend(2), backend(3, 0, false)];
    assert.equal(choose(backends, 'inFlight', [])?.id, 2);
    assert.equal(choose(backends, 'inFlight', backends.slice(1, 2)), null);
    assert.equal(choose([], 'inFlight', []), null);
  });
});
