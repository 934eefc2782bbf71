import assert from 'node:assert/strict';
import { snapshot, test } from 'node:test';
import fc from 'fast-check';
import { reporters } from '../../src/report/index.ts';
import { markdownCode, markdownText, plain } from '../../src/report/text.ts';
import { assertInertMarkdown, assertInertTerminal, exampleRun, hostileRuns, suiteOf } from './hostile.ts';
import type { SuiteResult } from '../../src/model/result.ts';

snapshot.setDefaultSnapshotSerializers([String]);

const options = { colourLevel: 0, width: 120 } as const;

/** The same run twice, the second by another name. */
function suite(): SuiteResult {
  const other = exampleRun();
  const targets = other.verdict.targets.map((one) => ({ ...one, scenario: 'second' }));
  return suiteOf([
    exampleRun(),
    { ...other, scenario: { ...other.scenario, name: 'second' }, verdict: { ...other.verdict, targets } },
  ]);
}

test('the terminal report of one run', (t) => t.assert.snapshot(reporters.terminal(exampleRun(), options)));
test('the markdown report of one run', (t) => t.assert.snapshot(reporters.markdown(exampleRun(), options)));
test('the terminal report of a suite', (t) => t.assert.snapshot(reporters.terminal(suite(), options)));
test('the markdown report of a suite', (t) => t.assert.snapshot(reporters.markdown(suite(), options)));

test('the JSON report is one document that parses back', () => {
  assert.deepEqual(JSON.parse(reporters.json(suite(), options)), JSON.parse(JSON.stringify(suite())));
});

test('without colour no report holds an escape character', () => {
  for (const reporter of Object.values(reporters)) assert.doesNotMatch(reporter(suite(), options), /\u001b/);
});

test('text from a server is inert in the report for the terminal and in markdown', () => {
  fc.assert(
    fc.property(hostileRuns, (run) => {
      assertInertTerminal(reporters.terminal(run, options));
      assertInertMarkdown(reporters.markdown(run, options));
    }),
    { numRuns: 200 },
  );
});

test('plain text is one printable line of bounded length, whatever came', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const out = plain(text);
      assert.ok(out.length <= 300 && !/[\p{Cc}\u2028\u2029]/u.test(out));
    }),
  );
});

test('markdown text and code stay inside their table cell', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('|', '`', '\\', 'a', ' ', '<', '@', '\n', '*') }),
      (text) => {
        for (const cell of [markdownText(text), markdownCode(text)]) {
          assert.ok(!cell.includes('\n'));
          assert.doesNotMatch(cell.replace(/\\\\/g, ''), /(?<!\\)\|/, cell);
        }
      },
    ),
  );
});
