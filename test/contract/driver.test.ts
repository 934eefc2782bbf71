import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createContext } from '../../src/bench/subjects/create-context.ts';
import { createOwnMemory } from '../../src/bench/record/own-memory.ts';
import { drivers } from '../../src/bench/drivers/index.ts';
import { isThenable } from '../../src/bench/samplers/thenable.ts';
import { metricCatalogue } from '../../src/model/metrics.ts';
import { driver, planFor } from '../bench/plan-for.ts';

const definitions = new Map(metricCatalogue.bench.map((metric) => [metric.name, metric]));

function contextFor(name: string, options: Readonly<Record<string, unknown>> = {}) {
  const plan = planFor([driver(name)]);
  return createContext(
    plan,
    { subject: driver(name, options), concurrency: 2, round: 1 },
    new Map(),
    createOwnMemory(),
  );
}

for (const [name, load] of Object.entries(drivers)) {
  test(`${name}: works without options, every operation can be called, and it closes`, async () => {
    const subject = await (await load()).create(contextFor(name));
    const names = Object.keys(subject.operations);
    assert.ok(names.length > 0);
    for (const operation of Object.values(subject.operations)) {
      for (const index of [0, 1, 65_536, 2 ** 30]) {
        const result = operation(index);
        if (isThenable(result)) await result;
      }
    }
    for (const operation of Object.keys(subject.mix ?? {})) assert.ok(names.includes(operation), operation);
    await subject.close?.();
  });

  test(`${name}: its metrics are defined, and numbers, from the moment measuring starts`, async () => {
    const subject = await (await load()).create(contextFor(name));
    subject.measuring?.();
    const [operation] = Object.values(subject.operations);
    await operation?.(1);
    for (const [metric, value] of Object.entries(subject.metrics?.() ?? {})) {
      assert.ok(definitions.has(metric), metric);
      // `saved` may be below 0: tiny documents grow.
      assert.ok(Number.isFinite(value) && (value >= 0 || metric === 'saved'), `${metric} ${value}`);
    }
    await subject.close?.();
  });

  test(`${name}: an option that it does not have is refused by name`, async () => {
    const create = async (): Promise<unknown> => (await load()).create(contextFor(name, { colour: 'red' }));
    await assert.rejects(create, new RegExp(`the driver ${name} has no option "colour"`));
  });
}
