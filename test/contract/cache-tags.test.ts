import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cachePolicies, createLoadingCache } from '../../src/components/cache/index.ts';
import type { CacheFactory } from '../../src/components/cache/index.ts';

// Invalidation by tag, whatever the policy.

const key = fc.integer({ min: 0, max: 12 });
const tag = fc.constantFrom('a', 'b', 'c', '__proto__');
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constant('set' as const),
        key,
        tags: fc.option(fc.array(tag, { maxLength: 4 }), { nil: undefined }),
        ttl: fc.constantFrom(0, 5),
      }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('invalidate' as const), tag }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('delete' as const), key }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.nat({ max: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('clear' as const) }) },
  ),
  { maxLength: 80, size: 'max' },
);

interface Held {
  readonly value: number;
  readonly tags: readonly string[];
  readonly deadlineMs: number;
}

for (const [policy, create] of Object.entries(cachePolicies) satisfies [string, CacheFactory][]) {
  describe(`cache policy ${policy}`, () => {
    for (const max of [4, 100]) {
      test(`with room for ${max}: a tag takes the entries that were last set with it, and no others`, () => {
        fc.assert(
          fc.property(steps, (sequence) => {
            let nowMs = 0;
            const told: number[] = [];
            const cache = create<number, number>({
              max,
              now: () => nowMs,
              onEvict: (value, _, reason) => void (reason === 'delete' && told.push(value)),
            });
            const model = new Map<number, Held>();
            for (const [value, step] of sequence.entries()) {
              if (step.op === 'set') {
                const { tags, ttl } = step;
                cache.set(step.key, value, tags === undefined ? { ttl } : { ttl, tags });
                model.set(step.key, {
                  value,
                  tags: tags ?? [],
                  deadlineMs: ttl === 0 ? Infinity : nowMs + ttl,
                });
              } else if (step.op === 'invalidate') {
                const gone = [...model].filter(
                  ([one, held]) =>
                    held.tags.includes(step.tag) && held.deadlineMs > nowMs && cache.peek(one) === held.value,
                );
                told.length = 0;
                assert.equal(cache.invalidateTag(step.tag), gone.length);
                assert.deepEqual(
                  told.toSorted((a, b) => a - b),
                  gone.map(([, { value: left }]) => left).toSorted((a, b) => a - b),
                );
                for (const [one, held] of model) if (held.tags.includes(step.tag)) model.delete(one);
              } else if (step.op === 'delete') {
                cache.delete(step.key);
                model.delete(step.key);
              } else if (step.op === 'advance') nowMs += step.ms;
              else {
                cache.clear();
                model.clear();
              }
              for (let one = 0; one <= 12; one++) {
                const held = model.get(one);
                const expected = held !== undefined && held.deadlineMs > nowMs ? held.value : undefined;
                const found = cache.peek(one);
                if (max === 100 || found !== undefined) assert.equal(found, expected);
              }
            }
          }),
          { numRuns: 100 },
        );
      });
    }
  });
}

test('what is no list of at most 100 strings is refused, and changes nothing', () => {
  const cache = cachePolicies.lru<string, number>({ max: 10 });
  cache.set('a', 1, { tags: ['t'] });
  const tooMany = Array.from({ length: 101 }, (_, index) => `${index}`);
  assert.throws(() => cache.set('a', 2, { tags: tooMany }), {
    name: 'RangeError',
    message: 'Expected `tags.length` to be at most 100, got `101` (number).',
  });
  assert.throws(() => cache.set('a', 2, { tags: JSON.parse('"text"') }), {
    name: 'TypeError',
    message: 'Expected `tags` to be an array of strings, got `"text"` (string).',
  });
  assert.throws(() => cache.invalidateTag(JSON.parse('7')), { name: 'TypeError' });
  assert.equal(cache.get('a'), 1);
  assert.equal(cache.invalidateTag('t'), 1);
});

test('a loading cache tags what it loads, and keeps no load that was under way at an invalidation', async () => {
  const cache = createLoadingCache<string, string>({ max: 10 });
  await cache.fetch('a', () => 'old', { tags: ['users'] });
  await cache.fetch('b', () => 'other', { tags: ['orders'] });
  const { promise, resolve: finish } = Promise.withResolvers<string>();
  const loading = cache.fetch('c', () => promise);
  assert.equal(cache.invalidateTag('users'), 1);
  finish('read before');
  assert.equal(await loading, 'read before');
  assert.deepEqual([cache.has('a'), cache.has('b'), cache.has('c')], [false, true, false]);
});
