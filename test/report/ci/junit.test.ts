import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { reporters } from '../../../src/report/index.ts';
import { exampleRun, hostileRuns, hostileWords, hostileRun, passingRun, suiteOf } from '../hostile.ts';
import type { RunResult, SuiteResult } from '../../../src/model/result.ts';

const options = { colourLevel: 0, width: 120 } as const;

/** An element as the parser gives it. */
interface Node {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Node[];
}

/** Python's XML parser (expat), which refuses what is not well-formed; one process for all documents. */
const parser = `
import json, sys
import xml.etree.ElementTree as tree
def plain(node):
    return {'tag': node.tag, 'attributes': dict(node.attrib), 'text': node.text or '', 'children': [plain(child) for child in node]}
print(json.dumps([plain(tree.fromstring(text.encode('utf-8'))) for text in json.load(sys.stdin)]))
`;

const python = spawnSync('python3', ['-c', 'import xml.etree.ElementTree']);
const skip =
  python.status === 0 ? false : 'python3, whose XML parser reads the reports, is not on this machine';

function parseAll(texts: readonly string[]): Node[] {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', parser], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

function parse(document: RunResult | SuiteResult): Node {
  const [node] = parseAll([reporters.junit(document, options)]);
  assert.ok(node !== undefined);
  return node;
}

/**
 * The part of Jenkins' schema that the report uses: which children and attributes an element may have, and which it
 * must (github.com/jenkinsci/xunit-plugin, src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd).
 */
const schema: Readonly<Record<string, { children: string[]; attributes: string[]; required: string[] }>> = {
  testsuites: {
    children: ['testsuite'],
    attributes: ['name', 'time', 'tests', 'failures', 'errors'],
    required: [],
  },
  testsuite: {
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    attributes: [
      'name',
      'tests',
      'failures',
      'errors',
      'group',
      'time',
      'skipped',
      'timestamp',
      'hostname',
      'id',
      'package',
      'file',
      'log',
      'url',
    ],
    required: ['name', 'tests', 'failures', 'errors'],
  },
  properties: { children: ['property'], attributes: [], required: [] },
  property: { children: [], attributes: ['name', 'value'], required: ['name', 'value'] },
  testcase: {
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    attributes: ['name', 'time', 'classname', 'group'],
    required: ['name'],
  },
  failure: { children: [], attributes: ['type', 'message'], required: [] },
  error: { children: [], attributes: ['type', 'message'], required: [] },
  'system-out': { children: [], attributes: [], required: [] },
};
/** SUREFIRE_TIME of that schema. */
const time = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/;

function checkSchema(node: Node): void {
  const rule = schema[node.tag];
  assert.ok(rule !== undefined, node.tag);
  for (const name of Object.keys(node.attributes))
    assert.ok(rule.attributes.includes(name), `${node.tag} ${name}`);
  for (const name of rule.required) assert.ok(name in node.attributes, `${node.tag} lacks ${name}`);
  if ('time' in node.attributes) assert.match(node.attributes['time'] ?? '', time);
  if (rule.children.length > 0) assert.match(node.text, /^\s*$/);
  for (const child of node.children) {
    assert.ok(rule.children.includes(child.tag), `${child.tag} in ${node.tag}`);
    checkSchema(child);
  }
}

/** Name and outcome of every test case. */
function outcomes(node: Node): string[][] {
  return node.children.flatMap((suite) =>
    suite.children
      .filter(({ tag }) => tag === 'testcase')
      .map((one) => {
        const fault = one.children.find(({ tag }) => tag === 'failure' || tag === 'error');
        return [
          one.attributes['name'] ?? '',
          fault === undefined ? 'passed' : `${fault.tag}: ${fault.attributes['type']}`,
        ];
      }),
  );
}

test(
  'a target that fails is a failure, one without data or with too little an error, a warning passes',
  { skip },
  () => {
    const root = parse(exampleRun());
    checkSchema(root);
    assert.deepEqual(outcomes(root), [
      ['run', 'passed'],
      ['X1 response_time{name:list} p95 < 5ms', 'passed'],
      ['response_time p99 < 1ms', 'passed'],
      ['errors rate < 0.1%', 'failure: target failed'],
      ['hit_ratio value >= 80%', 'error: no data'],
      ['response_time p99.99 < 1h', 'failure: target failed'],
    ]);
    assert.deepEqual(root.attributes, {
      name: 'perfkit',
      tests: '6',
      failures: '2',
      errors: '1',
      time: '10.000',
    });
    const [suite] = root.children;
    assert.equal(suite?.attributes['file'], 'load/api.perfkit.yaml');
    assert.equal(suite?.attributes['timestamp'], '2026-01-02T03:04:05');
  },
);

test('a failure says what was measured and where the target stands', { skip }, () => {
  const failure = parse(exampleRun()).children[0]?.children.find(({ attributes }) =>
    attributes['name']?.startsWith('errors'),
  );
  assert.equal(
    failure?.children[0]?.text,
    'errors rate < 0.1%: 2.91%, limit 0.1%, margin -2813%\nat load/api.perfkit.yaml:14',
  );
});

test('the facts of the run are in its output', { skip }, () => {
  const out = parse(exampleRun()).children[0]?.children.find(({ tag }) => tag === 'system-out');
  assert.match(out?.text ?? '', /steady list +response_time +2000 +200\/s/);
});

test('everything in an invalid run is an error', { skip }, () => {
  const run = exampleRun();
  const verdict = { ...run.verdict, outcome: 'invalid', reasons: ['the generator was late'] } as const;
  assert.deepEqual(
    new Set(outcomes(parse({ ...run, verdict })).map(([, outcome]) => outcome)),
    new Set(['error: invalid run']),
  );
});

test('a run that was stopped, interrupted, or did nothing fails though its targets hold', { skip }, () => {
  const run = passingRun();
  const cases: [Partial<RunResult>, string][] = [
    [
      { aborted: 'aborted after 2s', verdict: { ...run.verdict, outcome: 'fail', reasons: ['x'] } },
      'failure: aborted',
    ],
    [
      { complete: false, verdict: { ...run.verdict, outcome: 'undecided', reasons: ['x'] } },
      'error: interrupted',
    ],
    [{ verdict: { ...run.verdict, outcome: 'fail', reasons: ['no data'] } }, 'failure: run failed'],
    [{ verdict: { ...run.verdict, outcome: 'undecided', reasons: ['x'] } }, 'error: undecided'],
  ];
  for (const [more, expected] of cases)
    assert.deepEqual(outcomes(parse({ ...run, ...more }))[0], ['run', expected]);
});

test('all is green exactly when the verdict is a pass', { skip }, () => {
  const documents = [
    passingRun(),
    exampleRun(),
    suiteOf([]),
    suiteOf([passingRun()]),
    suiteOf([passingRun(), exampleRun()]),
  ];
  const roots = parseAll(documents.map((document) => reporters.junit(document, options)));
  for (const [index, root] of roots.entries()) {
    checkSchema(root);
    const green = outcomes(root).every(([, outcome]) => outcome === 'passed');
    assert.equal(green, documents[index]?.verdict.outcome === 'pass', String(index));
  }
});

test('whatever a text holds, the report is well-formed, valid, and shows the text as text', { skip }, () => {
  const runs = [
    ...fc.sample(hostileRuns, 150),
    hostileRun(hostileWords),
    hostileRun([hostileWords.join('')]),
  ];
  const roots = parseAll(runs.map((run) => reporters.junit(suiteOf([run, exampleRun()]), options)));
  assert.equal(roots.length, runs.length);
  for (const root of roots) {
    checkSchema(root);
    assert.equal(root.children.length, 2);
    assert.equal(outcomes(root).length, 12);
  }
});

test('no character is left that XML 1.0 forbids, and no markup that a text brought', () => {
  fc.assert(
    fc.property(hostileRuns, (run) => {
      const text = reporters.junit(run, options);
      assert.doesNotMatch(text, /[^\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|<!|<script|\]\]>/u);
      assert.doesNotMatch(text, /^\s*::.*::|##\w*\[/m);
    }),
    { numRuns: 150 },
  );
});
