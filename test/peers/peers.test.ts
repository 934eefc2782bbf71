import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { judge } from '../../src/judge/judge.ts';
import { plan } from '../../src/run/prepare.ts';
import { run } from '../../src/run/run.ts';
import { importPeer } from '../../scenarios/peers/import-peer.ts';
import { checkCache } from '../../scenarios/peers/check-cache.ts';
import type { CachePeer } from '../../scenarios/peers/check-cache.ts';
import type { BenchPlan } from '../../src/model/plan.ts';

const folder = join(import.meta.dirname, '..', '..', 'scenarios', 'peers');
const files = globSync('*.perfkit.yaml', { cwd: folder }).toSorted();

/** The shortest run there is, in this process. */
async function tinyPlan(file: string): Promise<BenchPlan> {
  const overrides = { warmupNs: 1e6, forNs: 20e6, rounds: 1 };
  const made = await plan({ file: join(folder, file) }, { overrides });
  assert.ok(made.kind === 'bench');
  return { ...made, run: { ...made.run, isolate: 'none' } };
}

describe('scenarios/peers', () => {
  test('there is a suite for each kind of component', () => {
    const names = files.map((file) => basename(file, '.perfkit.yaml').split('-')[0]);
    assert.deepEqual(
      [...new Set(names)],
      ['batcher', 'batchers', 'caches', 'deflate', 'inflate', 'pools', 'queues'],
    );
  });

  for (const file of files) {
    test(`${basename(file, '.perfkit.yaml')}: ours and the packages give right answers, and a loss does not fail the run`, async () => {
      const made = await tinyPlan(file);
      assert.ok(made.subjects.length >= 2);
      assert.notEqual(made.reference, null);
      const measured = await run(made, {});
      for (const { name } of made.subjects) {
        const throughput = measured.series.find(
          ({ metric, tags }) => metric === 'throughput' && tags['subject'] === name,
        );
        assert.ok((throughput?.count ?? 0) > 0, name);
      }
      assert.deepEqual(measured.errors, []);
      const { targets } = judge(measured, made.targets);
      const ratios = targets.filter(({ expr }) => expr.includes('reference'));
      assert.ok(ratios.length > 0);
      for (const target of ratios) {
        assert.equal(target.severity, 'warn', target.expr);
        assert.notEqual(target.actual, null, target.expr);
      }
      assert.equal(targets.find(({ expr }) => expr.startsWith('errors'))?.outcome, 'pass');
    });
  }

  test('caches report their hit ratio', async () => {
    const { series } = await run(await tinyPlan('caches-mixed.perfkit.yaml'), {});
    const ratioOf = (subject: string): number =>
      series.find(({ metric, tags }) => metric === 'hit_ratio' && tags['subject'] === subject)?.value ?? NaN;
    for (const subject of ['lru', 'adaptive', 'lru-cache', 'quick-lru', 'mnemonist', 'transitory'])
      assert.ok(ratioOf(subject) > 0.5 && ratioOf(subject) < 1, `${subject}: ${ratioOf(subject)}`);
  });
});

describe('the check before a cache is timed', () => {
  const lru = (max: number): CachePeer => {
    const entries = new Map<string, number>();
    return {
      get: (key) => {
        const value = entries.get(key);
        if (value === undefined) return undefined;
        entries.delete(key);
        entries.set(key, value);
        return value;
      },
      set: (key, value) => {
        entries.delete(key);
        entries.set(key, value);
        const [oldest = ''] = entries.keys();
        if (entries.size > max) entries.delete(oldest);
      },
    };
  };

  test('passes a right one under both contracts', () => {
    checkCache(lru, 'exact lru');
    checkCache(lru, 'any order');
  });

  test('refuses one that evicts in another order, only where the order is promised', () => {
    const firstIn = (max: number): CachePeer => {
      const entries = new Map<string, number>();
      return {
        get: (key) => entries.get(key),
        set: (key, value) => {
          entries.set(key, value);
          const [oldest = ''] = entries.keys();
          if (entries.size > max) entries.delete(oldest);
        },
      };
    };
    checkCache(firstIn, 'any order');
    assert.throws(() => checkCache(firstIn, 'exact lru'), /Wrong answer/);
  });

  const faults: Readonly<Record<string, (cache: CachePeer) => CachePeer>> = {
    'keeps an old value': (cache) => ({
      get: (key) => cache.get(key),
      set: (key, value) => (cache.get(key) === undefined ? cache.set(key, value) : undefined),
    }),
    'answers with the value of another key': (cache) => ({
      get: (key) => cache.get(key.length > 3 ? key.slice(0, -1) : key),
      set: (key, value) => cache.set(key, value),
    }),
    'holds nothing': () => ({ get: () => undefined, set: () => undefined }),
    'loses __proto__': () => {
      const entries: Record<string, number> = {};
      return { get: (key) => entries[key], set: (key, value) => (entries[key] = value) };
    },
  };
  for (const [name, broken] of Object.entries(faults)) {
    test(`refuses one that ${name}`, () => {
      for (const contract of ['exact lru', 'any order'] as const)
        assert.throws(() => checkCache((max) => broken(lru(max)), contract), /Wrong answer/);
    });
  }
});

test('a package that is not installed is named, with what to do', async () => {
  const absent: string = 'perfkit-no-such-package';
  const missing = (): Promise<unknown> => import(absent);
  await assert.rejects(
    importPeer('no-such-package', missing),
    /package no-such-package is not installed: npm install/,
  );
  const other = new Error('broken inside');
  await assert.rejects(
    importPeer('x', () => Promise.reject(other)),
    other,
  );
});
