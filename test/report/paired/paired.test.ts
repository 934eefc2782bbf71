import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pairedExitCode } from '../../../src/judge/paired/paired-outcome.ts';
import { pairedReporters } from '../../../src/report/paired/index.ts';
import { noises, simulateRun } from '../../judge/paired/simulated-run.ts';
import { hostileText } from '../hostile.ts';
import { pairedRun, slowerRun } from './paired-runs.ts';
import type { PairedRun, SeriesDecision } from '../../../src/model/paired.ts';

const options = { colourLevel: 0, width: 120 } as const;
const slower = slowerRun();
const { decision } = slower;
assert.ok(decision !== null);
const open = pairedRun(simulateRun({ seed: 4, noise: noises.normal, spread: 0.12, change: 0.04 }));
const interrupted: PairedRun = { ...open, complete: false, pairs: open.pairs.slice(0, 4), decision: null };

for (const name of ['terminal', 'markdown', 'github', 'junit'] as const) {
  test(`${name}: a run that fails, whole`, (context) => {
    context.assert.snapshot(pairedReporters[name](slower, options).split('\n'));
  });

  test(`${name}: a run that cannot tell, whole`, (context) => {
    context.assert.snapshot(pairedReporters[name](open, options).split('\n'));
  });

  test(`${name}: a run that was interrupted before its first look, whole`, (context) => {
    context.assert.snapshot(pairedReporters[name](interrupted, options).split('\n'));
  });

  test(`${name}: text from outside is inert`, () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 8 }), (texts) => {
        const text = pairedReporters[name](hostileRun(texts), options);
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066\u200b]/);
        assert.doesNotMatch(
          text,
          name === 'github' ? /##(?=\w*\[)|^::(?!error |warning )/m : /##(?=\w*\[)|^::/m,
        );
        assert.ok(text.isWellFormed());
        if (name !== 'markdown') return;
        assert.doesNotMatch(text, /<script|<!|@(?!&#8203;)|https?:\/\//);
        assert.equal(text.split('</details>').length, text.split('<details>').length);
        assert.equal(text.split('</details>').length, 3);
      }),
      { numRuns: 200 },
    );
  });
}

/** Every text that comes from outside is taken from `texts` in turn. */
function hostileRun(texts: readonly string[]): PairedRun {
  let at = 0;
  const next = (): string => texts[at++ % texts.length] ?? '';
  const rows = slower.decision?.series ?? [];
  return {
    ...slower,
    perfkit: next(),
    base: { label: next(), revision: next() },
    head: { label: next(), revision: next() },
    scenario: { ...slower.scenario, name: next(), file: next() },
    environment: { ...slower.environment, node: next(), cpuModel: next(), platform: next() },
    decision:
      decision === null
        ? null
        : {
            ...decision,
            reasons: [next(), next()],
            notes: [next()],
            series: rows.map((row) => ({
              ...row,
              metric: next(),
              tags: { [next()]: next(), concurrency: next() },
              reason: next(),
            })),
          },
  };
}

test('markdown: however many and long its texts are, it has less than 60 kB, and counts what it leaves out', () => {
  const long = '@&<|'.repeat(1000);
  const rows = (gated: boolean): SeriesDecision[] =>
    Array.from({ length: 500 }, (_, index) => ({
      ...(decision.series[index % decision.series.length] ?? assert.fail()),
      metric: long,
      tags: { a: long },
      reason: long,
      gated,
    }));
  const lines = Array.from({ length: 500 }, () => long);
  const text = pairedReporters.markdown(
    {
      ...slower,
      base: { label: long, revision: long },
      head: { label: long, revision: long },
      scenario: { ...slower.scenario, name: long },
      decision: { ...decision, reasons: lines, notes: lines, series: [...rows(true), ...rows(false)] },
    },
    options,
  );
  assert.ok(Buffer.byteLength(text) < 60_000, `${Buffer.byteLength(text)}`);
  assert.match(text, /\| and \d+ more \|/);
  assert.match(text, /^- and \d+ more$/m);
});

test('the outcome is the first line, whatever it is', () => {
  for (const [outcome, word] of [
    ['pass', 'PASS'],
    ['fail', 'FAIL'],
    ['inconclusive', 'INCONCLUSIVE'],
    ['no data', 'NO DATA'],
    ['unfit', 'UNFIT MACHINE'],
  ] as const) {
    const run = { ...slower, decision: { ...decision, outcome } };
    assert.ok(pairedReporters.terminal(run, options).startsWith(`${word}  cache/get`));
  }
});

test('github: errors where the run fails, warnings where it cannot tell, errors there too when that is strict, and nothing of a pass', () => {
  const levels = (run: PairedRun): string[] => [
    ...new Set(
      [...pairedReporters.github(run, options).matchAll(/^::(\w+) /gm)].map(([, level = '']) => level),
    ),
  ];
  assert.equal(levels(slower)[0], 'error');
  assert.deepEqual(levels(open), ['warning']);
  assert.deepEqual(levels({ ...open, settings: { ...open.settings, strict: true } }), ['error']);
  assert.deepEqual(levels(interrupted), ['error']);
  const passed = pairedRun(simulateRun({ seed: 5, noise: noises.normal, spread: 0.01 }));
  assert.equal(passed.decision?.outcome, 'pass');
  assert.equal(pairedReporters.github(passed, options), '');
});

test('junit is red exactly when the exit code is not 0, and github has an error exactly then', () => {
  const verdicts = ['better', 'worse', 'same', 'cannot tell', 'descriptive', 'no data'] as const;
  const outcomes = ['pass', 'fail', 'inconclusive', 'no data', 'unfit'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...outcomes, null),
      fc.array(fc.constantFrom(...verdicts), { maxLength: 5 }),
      fc.boolean(),
      (outcome, drawn, strict) => {
        // a pass has no series that decides and is worse, or lacks values
        const rows = outcome === 'pass' ? drawn.filter((one) => one !== 'worse' && one !== 'no data') : drawn;
        const possible =
          outcome === 'inconclusive' ? rows.filter((one) => one !== 'worse' && one !== 'no data') : rows;
        const [row] = decision.series;
        assert.ok(row !== undefined);
        const run: PairedRun = {
          ...slower,
          settings: { ...slower.settings, strict },
          decision:
            outcome === null
              ? null
              : {
                  ...decision,
                  outcome,
                  series: possible.map((verdict) => ({ ...row, verdict, gated: true })),
                },
        };
        const red = pairedExitCode(run) !== 0;
        assert.equal(/<(?:failure|error) /.test(pairedReporters.junit(run, options)), red);
        assert.equal(/^::error /m.test(pairedReporters.github(run, options)), red);
      },
    ),
    { numRuns: 200 },
  );
});

test('json: the document itself, on one line', () => {
  const text = pairedReporters.json(slower);
  assert.deepEqual(JSON.parse(text), slower);
  assert.equal(text.split('\n').length, 2);
  assert.doesNotMatch(pairedReporters.json({ ...slower, perfkit: '##vso[x]' }), /##vso\[/);
});
