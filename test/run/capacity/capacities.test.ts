import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { capacityMetric } from '../../../src/model/capacities.ts';
import { PerfkitError } from '../../../src/model/errors.ts';
import { parseTarget, resolveLimit } from '../../../src/model/target.ts';
import { capacitiesReporters } from '../../../src/report/capacity/index.ts';
import { capacitiesJsonSchema, parseCapacities } from '../../../src/run/capacity/capacities-schema.ts';
import { runCapacities } from '../../../src/run/capacity/capacities.ts';
import { searchSettings } from '../../../src/run/capacity/search-settings.ts';
import { target } from '../../helpers/results.ts';
import { capacityPlan, measureWith } from './simulated-server.ts';
import type { CapacitiesResult } from '../../../src/model/capacities.ts';
import type { LoadPlan, LoadSubjectPlan, TargetPlan } from '../../../src/model/plan.ts';
import type { CapacitiesContext } from '../../../src/run/capacity/capacities.ts';
import type { SearchSettings } from '../../../src/run/capacity/search-settings.ts';

/** A subject's host says how many requests a second it serves. */
function subject(name: string, perSecond: number): LoadSubjectPlan {
  return { name, target: { origin: `http://127.0.0.1:${perSecond}`, builtin: null, allow: [] } };
}

function capacityTarget(expr: string): TargetPlan {
  const { limitText, limitOffset, ...parsed } = parseTarget(expr);
  const limit = resolveLimit(limitText, limitOffset, capacityMetric, parsed.aggregation);
  const { tags, aggregation, op, phase, overNs } = parsed;
  const resolved = { metric: parsed.metric, tags, aggregation, op, limit, phase, overNs };
  return { id: null, expr, target: resolved, source: null, severity: 'error', line: null };
}

const ratio = capacityTarget('capacity{subject:on} rate >= reference * 2');

async function search(
  subjects: readonly LoadSubjectPlan[],
  targets: readonly TargetPlan[],
  settings: SearchSettings = {},
  more: Partial<CapacitiesContext> = {},
): Promise<CapacitiesResult> {
  const plan: LoadPlan = capacityPlan({
    subjects,
    reference: 'off',
    targets: [target('response_time p99 < 100ms'), ...targets],
  });
  const context: CapacitiesContext = {
    signal: new AbortController().signal,
    measure: measureWith((rate, own) => ({
      latencyNs: rate < Number(new URL(own.target.origin).port) ? 5e6 : 900e6,
    })),
    wait: () => Promise.resolve(),
    ...more,
  };
  return await runCapacities(plan, { search: searchSettings(plan, settings), connections: null }, context);
}

describe('the capacities of several subjects', () => {
  test('are searched one after the other, and compared by the targets', async () => {
    const seen: string[] = [];
    const stepped: NonNullable<CapacitiesContext['stepped']> = (_, __, name) => seen.push(name);
    const searching = (name: string): void => void seen.push(`begin ${name}`);
    const found = await search(
      [subject('on', 3000), subject('off', 1000)],
      [ratio],
      {},
      { stepped, searching },
    );
    assert.deepEqual(
      found.subjects.map(({ name, result }) => [name, result.outcome]),
      [
        ['on', 'found'],
        ['off', 'found'],
      ],
    );
    assert.deepEqual([...new Set(seen)], ['begin on', 'on', 'begin off', 'off']);
    assert.equal(found.verdict.outcome, 'pass');
    const [judged] = found.verdict.targets;
    assert.equal(judged?.actual, found.subjects[0]?.result.capacityPerSecond);
    assert.equal(judged?.limit, (found.subjects[1]?.result.capacityPerSecond ?? 0) * 2);
  });

  test('fail when they are not as far apart as they have to be', async () => {
    const { verdict } = await search([subject('on', 1500), subject('off', 1000)], [ratio]);
    assert.equal(verdict.outcome, 'fail');
    assert.match(verdict.reasons[0] ?? '', /^target failed: capacity\{subject:on\}/);
  });

  test('hold against a number too, and without a tag for every subject', async () => {
    const both = capacityTarget('capacity rate >= 900/s');
    const subjects = [subject('on', 3000), subject('off', 1000)];
    assert.equal((await search(subjects, [both])).verdict.outcome, 'pass');
    assert.equal((await search(subjects, [capacityTarget('capacity rate >= 2k/s')])).verdict.outcome, 'fail');
  });

  test('at the highest rate to be tried are lower bounds: good enough or undecided, and no limit', async () => {
    const settings = { maxPerSecond: 1500 };
    const enough = capacityTarget('capacity{subject:on} rate >= 1k/s');
    const more = capacityTarget('capacity{subject:on} rate >= 2k/s');
    const below = capacityTarget('capacity{subject:on} rate < 2k/s');
    const subjects = [subject('on', 60_000), subject('off', 1000)];
    const outcomes = (await search(subjects, [enough, more, below], settings)).verdict.targets.map(
      ({ outcome }) => outcome,
    );
    assert.deepEqual(outcomes, ['pass', 'no data', 'no data']);
    const unknown = await search([subject('on', 60_000), subject('off', 60_000)], [ratio], settings);
    assert.equal(unknown.verdict.outcome, 'undecided');
    assert.match(unknown.verdict.reasons.join(), /the reference off did at least 1500\/s.*raise --max/);
  });

  test('that were not found pass nothing', async () => {
    const slow = await search([subject('on', 3000), subject('off', 50)], [ratio]);
    assert.equal(slow.verdict.outcome, 'fail');
    assert.match(slow.verdict.reasons.join(), /off: too slow/);
    const all = await search(
      [subject('on', 3000), subject('off', 50)],
      [capacityTarget('capacity rate >= 1/s')],
    );
    assert.equal(all.verdict.targets[0]?.outcome, 'no data');
  });

  test('are each held to the targets that name them', async () => {
    const strict = target('response_time{subject:off} p50 < 1ms');
    const found = await search([subject('on', 3000), subject('off', 1000)], [strict]);
    assert.deepEqual(
      found.subjects.map(({ result }) => result.outcome),
      ['found', 'too slow'],
    );
  });

  test('that cannot be searched end the searches; those before are kept', async () => {
    const measure = measureWith((rate) => ({ latencyNs: rate < 1000 ? 5e6 : 900e6 }));
    const gone: typeof measure = (plan, options) => {
      if (plan.kind === 'load' && plan.target.origin.endsWith(':1'))
        throw new PerfkitError('target', 'refused');
      return measure(plan, options);
    };
    const found = await search([subject('on', 3000), subject('off', 1)], [ratio], {}, { measure: gone });
    assert.deepEqual([found.subjects.length, found.verdict.outcome], [1, 'undecided']);
    assert.match(found.verdict.reasons.join(), /subject off: refused/);
    await assert.rejects(search([subject('off', 1)], [], {}, { measure: gone }), /subject off: refused/);
  });

  test('of an interrupted search are undecided', async () => {
    const controller = new AbortController();
    const stepped = (): void => controller.abort();
    const found = await search(
      [subject('on', 3000), subject('off', 1)],
      [ratio],
      {},
      {
        signal: controller.signal,
        stepped,
      },
    );
    assert.equal(found.verdict.outcome, 'undecided');
    assert.equal(found.subjects.length, 1);
  });

  test('are a document that holds against the published schema, and is read again as it was', async () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../../schema/capacities-v1.json', import.meta.url), 'utf8'),
    );
    assert.deepEqual(published, JSON.parse(JSON.stringify(capacitiesJsonSchema())));
    const found: unknown = JSON.parse(
      JSON.stringify(await search([subject('on', 3000), subject('off', 1000)], [ratio])),
    );
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(
      published as object,
    );
    assert.equal(validate(found), true, JSON.stringify(validate.errors));
    assert.deepEqual(parseCapacities(found, 'x.json'), found);
    assert.throws(() => parseCapacities({ schema: 'perfkit/capacities@1' }, 'x.json'), /x\.json is no valid/);
  });

  test('are reported beside the reference, with what the precision leaves open', async () => {
    const found = await search([subject('on', 3000), subject('off', 1000)], [ratio]);
    const text = capacitiesReporters.terminal(found, { colourLevel: 0, width: 120 });
    assert.match(
      text,
      / on +found +2\d{3}\/s +x [23][.\d]* +2[.\d]* to 3[.\d]* *\n +off \(reference\) +found +9\d\d\/s *\n/,
    );
    assert.match(text, /✓ pass {2}capacity\{subject:on\} rate >= reference \* 2 \[on\]/);
    const markdown = capacitiesReporters.markdown(found, { colourLevel: 0, width: 120 });
    assert.match(markdown, /^# Capacities of [^\n]+: ✅ pass\n/);
    assert.match(markdown, /\n## Subject off\n\n## Capacity of /);
  });
});
