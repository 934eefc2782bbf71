import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { scenarioJsonSchema } from '../../../src/plan/scenario/json-schema.ts';
import { scenarioSchema } from '../../../src/plan/scenario/schema.ts';

const committed = readFileSync(new URL('../../../schema/scenario-v1.json', import.meta.url), 'utf8');

test('the published JSON Schema is the one that the schema gives (npm run schema)', () => {
  assert.equal(committed, scenarioJsonSchema());
});

const full = {
  bench: {
    version: 1,
    kind: 'bench',
    name: 'a/b',
    tags: ['t'],
    metrics: { m: { unit: 'ns', kind: 'counter', better: 'lower', rate: 'ratio', help: 'h' } },
    targets: ['m count < 1', { id: 'P1', expr: 'm count < 1', source: 's', severity: 'warn' }],
    subjects: [
      { name: 'x', use: 'cache', options: { a: [1] } },
      { name: 'y', call: './a.ts#b' },
      { name: 'z', tinybench: './a.ts#b', task: 't' },
    ],
    workload: { keys: 5, distribution: 'zipf(0.99)', mix: { get: 0.9 }, valueBytes: '1KiB', seed: 0 },
    run: { warmup: '0s', for: '1.5s', rounds: 3, isolate: 'none', concurrency: [1, 8], arrivals: '50k/s' },
    reference: 'x',
  },
  load: {
    version: 1,
    kind: 'load',
    name: 'a',
    target: { http: 'http://127.0.0.1', allow: ['a.b'] },
    phases: [
      {
        name: 'p',
        for: '1m',
        rate: '400/s',
        spacing: 'poisson',
        connections: 5,
        requests: 9,
        measure: false,
      },
      { name: 'q', for: '1h', users: 3, flow: 'f', iterations: 5, iterationsPerUser: 2, pacing: '5s' },
      { name: 'r', users: '0 -> 200', with: 'q', flows: ['f'] },
      { name: 's', for: '1s', rate: '0/s -> 400/s' },
    ],
    flows: [
      {
        name: 'f',
        weight: 0.5,
        steps: [
          {
            post: '/x',
            name: 'n',
            headers: { a: 'b', c: ['d'] },
            json: { a: null },
            think: '1s..3s',
            expect: { status: [200, 201] },
          },
        ],
      },
    ],
    limits: {
      timeout: '1s',
      connectTimeout: '1s',
      maxBody: '1MiB',
      maxHeader: '1KiB',
      maxWaiting: 0,
      gracefulStop: '0s',
    },
    pacing: 'eco',
    workers: 2,
    seed: 4,
  },
};

test('both kinds with every key are accepted by the schema and by the published JSON Schema', () => {
  const published = z.fromJSONSchema(JSON.parse(committed));
  for (const scenario of [full.bench, full.load]) {
    assert.deepEqual(scenarioSchema.parse(scenario), scenario);
    published.parse(scenario);
  }
});

test('the published JSON Schema lets variables stand for values and refuses what the schema refuses', () => {
  const published = z.fromJSONSchema(JSON.parse(committed));
  const { bench, load } = full;
  published.parse({
    ...bench,
    run: { for: '${env:FOR:-1s}', rounds: '${env:N}', concurrency: ['${env:C}'], isolate: '${env:I}' },
  });
  const wrong = [
    { ...bench, extra: 1 },
    { ...bench, version: 2 },
    { ...bench, subjects: [] },
    { ...bench, run: { for: '10' } },
    { ...bench, run: { for: 10 } },
    { ...bench, workload: { distribution: 'normal' } },
    { ...load, phases: [{ name: 'p', for: '1s', rate: 400 }] },
    { ...load, phases: [{ name: 'p', for: '1s', rate: '50/s -> 400' }] },
    { ...load, phases: [{ name: 'p', for: '1s', users: '5 -> -1' }] },
    { ...load, workers: 0 },
    { ...load, flows: [{ name: 'f', steps: [{ get: 'x' }] }] },
  ];
  for (const scenario of wrong) {
    assert.equal(published.safeParse(scenario).success, false, JSON.stringify(scenario));
    assert.equal(scenarioSchema.safeParse(scenario).success, false, JSON.stringify(scenario));
  }
});
