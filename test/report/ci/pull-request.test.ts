import assert from 'node:assert/strict';
import { snapshot, test } from 'node:test';
import fc from 'fast-check';
import { shortMarkdown, shortestMarkdownBytes } from '../../../src/report/ci/pull-request.ts';
import { reporters } from '../../../src/report/index.ts';
import {
  assertInertMarkdown,
  exampleRun,
  hostileRuns,
  hostileText,
  passingRun,
  suiteOf,
} from '../hostile.ts';
import type { RunResult } from '../../../src/model/result.ts';

snapshot.setDefaultSnapshotSerializers([String]);
const options = { colourLevel: 0, width: 120 } as const;

/** A run with so many targets that fail, the nth by n times its limit, whose texts are as long as they get. */
function manyTargets(count: number, text: string): RunResult {
  const run = exampleRun();
  const [failed] = run.verdict.targets.filter(({ outcome }) => outcome === 'fail');
  assert.ok(failed !== undefined);
  const targets = Array.from({ length: count }, (_, index) => ({
    ...failed,
    id: `T${index}`,
    expr: text,
    reason: text,
    source: text,
    margin: -index,
    scenario: `${index % 3} ${text}`,
  }));
  return { ...run, verdict: { ...run.verdict, targets } };
}

test('the verdict comes first, then what does not hold, worst first; the rest is folded', (t) =>
  t.assert.snapshot(reporters['pull-request'](exampleRun(), options)));

test('a pass says so and folds everything', (t) =>
  t.assert.snapshot(reporters['pull-request'](passingRun(), options)));

test('it is at most 60 kB, has the worst, and says what it left out', () => {
  const runs = [manyTargets(2000, 'x'.repeat(400)), ...Array.from({ length: 200 }, () => exampleRun())];
  const text = reporters['pull-request'](suiteOf(runs), options);
  assert.ok(Buffer.byteLength(text) <= 60_000, String(Buffer.byteLength(text)));
  assert.match(text, /\| ❌ fail \| \*\*T1999\*\* /);
  const left =
    /_Shortened to 60 kB: (\d+) targets that do not hold, (\d+) runs left out, all in report\.md\._/.exec(
      text,
    );
  const rows = text.match(/^\| .* \| (?:❌|⚠️)/gmu)?.length ?? 0;
  assert.ok(rows > 10);
  assert.equal(Number(left?.[1]) + rows, 2000 + 200 * 4);
  assert.equal(Number(left?.[2]) + (text.match(/<summary>example/g)?.length ?? 0), 201);
  assert.match(text, /<summary>200 of 3000 targets hold</);
});

test('it keeps within any limit that it is given, whatever the texts', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: shortestMarkdownBytes, max: 200_000 }),
      fc.integer({ min: 0, max: 60 }),
      hostileText,
      fc.array(hostileRuns, { maxLength: 3 }),
      (limit, count, text, runs) => {
        const long = text.repeat(Math.ceil(400 / Math.max(1, text.length)));
        const suite = suiteOf([manyTargets(count, long), ...runs]);
        const reasons = Array.from({ length: 20 }, () => long);
        const report = shortMarkdown({ ...suite, verdict: { ...suite.verdict, reasons } }, limit);
        assert.ok(Buffer.byteLength(report) <= limit);
      },
    ),
    { numRuns: 100 },
  );
});

test('whatever a text holds, it opens no element, mentions nobody, links nowhere and leaves its place', () => {
  fc.assert(
    fc.property(hostileRuns, (run) => assertInertMarkdown(reporters['pull-request'](run, options))),
    { numRuns: 200 },
  );
});
