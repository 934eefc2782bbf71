import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { reporters } from '../../../src/report/index.ts';
import { measured } from '../../helpers/results.ts';
import { exampleRun, hostileRuns, passingRun, suiteOf } from '../hostile.ts';

const options = { colourLevel: 0, width: 120 } as const;

const load = JSON.parse;

interface Entry {
  readonly check_name: string;
  readonly description: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: object;
}

interface Summary {
  readonly metrics: {
    readonly checks: { readonly passes: number; readonly fails: number };
    readonly http_reqs: { readonly rate: number };
    readonly http_req_waiting: Readonly<Record<string, number>>;
  };
}

/**
 * What GitLab shows of the report: `normalizeLoadPerformanceMetrics` in gitlab-org/gitlab,
 * ee/app/assets/javascripts/vue_merge_request_widget, load performance extension.
 */
function shown({ metrics }: Summary): unknown {
  const { checks, http_reqs: requests, http_req_waiting: waiting } = metrics;
  return {
    rps: requests.rate,
    p90: waiting['p(90)'],
    p95: waiting['p(95)'],
    checks: ((checks.passes / (checks.passes + checks.fails)) * 100).toFixed(2),
  };
}

test('GitLab finds requests a second, the time to the first byte in milliseconds, and the targets as checks', () => {
  const summary = load(reporters.gitlab(exampleRun(), options));
  // 3000 replies and 30 errors in 10 s; the first byte came after 1 to 1000 us; 1 of 5 targets holds and the run fails
  const { rps, p90, p95, checks } = shown(summary) as Record<string, number | string>;
  assert.equal(rps, 303);
  assert.ok(Math.abs(Number(p90) - 0.9) < 0.001 && Math.abs(Number(p95) - 0.95) < 0.001);
  assert.equal(checks, '16.67');
  assert.deepEqual(summary.root_group.checks['example: run'], {
    name: 'example: run',
    path: '::example: run',
    passes: 0,
    fails: 1,
  });
});

test('the loads of a suite are added up', () => {
  const { metrics } = load(reporters.gitlab(suiteOf([exampleRun(), passingRun()]), options));
  assert.deepEqual([metrics.http_reqs.count, metrics.http_reqs.rate], [6060, 303]);
  assert.deepEqual(metrics.checks, { passes: 3, fails: 5, value: 3 / 8 });
});

test('a bench has its targets as checks and no requests, a suite without runs one check that fails', () => {
  const bench = passingRun();
  const { metrics } = load(
    reporters.gitlab({ ...bench, scenario: { ...bench.scenario, kind: 'bench' } }, options),
  );
  assert.deepEqual(metrics, { checks: { passes: 2, fails: 0, value: 1 } });
  assert.deepEqual(load(reporters.gitlab(suiteOf([]), options)).metrics.checks, {
    passes: 0,
    fails: 1,
    value: 0,
  });
});

test('a load in which nothing was recorded has no percentiles instead of zeros', () => {
  const nothing = {
    ...measured([]),
    verdict: { outcome: 'fail', reasons: ['no data'], targets: [] },
  } as const;
  assert.deepEqual(load(reporters.gitlab(nothing, options)).metrics, {
    checks: { passes: 0, fails: 1, value: 0 },
  });
});

test('code quality: each finding has what GitLab requires, at its line, and its own fingerprint', () => {
  const entries = load(reporters['code-quality'](exampleRun(), options));
  assert.deepEqual(
    entries.map((entry: Entry) => [entry.severity, entry.check_name, entry.location]),
    [
      ['major', 'perfkit target failed', { path: 'load/api.perfkit.yaml', lines: { begin: 14 } }],
      ['major', 'perfkit target failed', { path: 'load/api.perfkit.yaml', lines: { begin: 16 } }],
      ['major', 'perfkit no data', { path: 'load/api.perfkit.yaml', lines: { begin: 15 } }],
      ['minor', 'perfkit warning', { path: 'load/api.perfkit.yaml', lines: { begin: 13 } }],
    ],
  );
  assert.equal(new Set(entries.map((entry: Entry) => entry.fingerprint)).size, 4);
  assert.match(entries[2].description, /^example: no data: hit_ratio value >= 80%: no data/);
});

/** What GitLab takes (docs.gitlab.com, "Code Quality", report format): every entry has all of these. */
const codeQualitySchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    additionalProperties: false,
    properties: {
      description: { type: 'string', minLength: 1 },
      check_name: { type: 'string', minLength: 1 },
      fingerprint: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        properties: {
          path: { type: 'string', minLength: 1 },
          lines: {
            type: 'object',
            required: ['begin'],
            properties: { begin: { type: 'integer', minimum: 1 } },
          },
        },
      },
    },
  },
};

test('code quality: the report holds against the format, whatever a text holds', () => {
  const validate = new Ajv2020().compile(codeQualitySchema);
  const inRepository = { ...options, sourcePath: () => 'load/api.perfkit.yaml' };
  fc.assert(
    fc.property(hostileRuns, (run) => {
      const entries = load(reporters['code-quality'](suiteOf([run, exampleRun()]), inRepository));
      assert.ok(validate(entries), JSON.stringify(validate.errors));
      assert.ok(Array.isArray(entries) && entries.length >= 8);
    }),
    { numRuns: 100 },
  );
});

const amounts = { type: 'object', additionalProperties: { type: 'number', minimum: 0 } };
const counted = { ...amounts, required: ['passes', 'fails', 'value'] };
const rated = { ...amounts, required: ['count', 'rate'] };

/** The summary of `k6 run --summary-export` (grafana.com/docs/k6, "End-of-test summary"), as far as the report uses it. */
const summarySchema = {
  type: 'object',
  required: ['metrics', 'root_group'],
  additionalProperties: false,
  properties: {
    metrics: {
      type: 'object',
      required: ['checks'],
      properties: {
        checks: counted,
        http_req_failed: counted,
        http_reqs: rated,
        data_received: rated,
        data_sent: rated,
      },
      additionalProperties: { ...amounts, required: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'] },
    },
    root_group: {
      type: 'object',
      required: ['name', 'path', 'groups', 'checks'],
      properties: {
        checks: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            required: ['name', 'path', 'passes', 'fails'],
            properties: {
              passes: { type: 'integer', minimum: 0 },
              fails: { type: 'integer', minimum: 0 },
            },
          },
        },
      },
    },
  },
};

test('load performance: the report has the form of a summary of k6, whatever a text holds', () => {
  const validate = new Ajv2020().compile(summarySchema);
  fc.assert(
    fc.property(hostileRuns, (run) => {
      const summary = load(reporters.gitlab(suiteOf([run, exampleRun()]), options));
      assert.ok(validate(summary), JSON.stringify(validate.errors));
    }),
    { numRuns: 100 },
  );
});

test('code quality: the fingerprint of a finding does not change with what was measured', () => {
  const run = exampleRun();
  const targets = run.verdict.targets.map((one) => ({
    ...one,
    actual: (one.actual ?? 0) * 2,
    margin: -3,
    line: 99,
  }));
  const prints = (text: string): string[] =>
    load(text)
      .map((entry: Entry) => entry.fingerprint)
      .toSorted();
  assert.deepEqual(
    prints(reporters['code-quality']({ ...run, verdict: { ...run.verdict, targets } }, options)),
    prints(reporters['code-quality'](run, options)),
  );
});

test('code quality: a run that passes has no entry, and a run without a file none either', () => {
  assert.deepEqual(load(reporters['code-quality'](passingRun(), options)), []);
  assert.deepEqual(load(reporters['code-quality'](suiteOf([]), options)), []);
});

test('whatever a text holds, both are JSON on one line that no page, log or runner takes for its own', () => {
  fc.assert(
    fc.property(hostileRuns, (run) => {
      for (const name of ['gitlab', 'code-quality'] as const) {
        const text = reporters[name](run, options);
        assert.doesNotMatch(text, /[<>&@`]|::|##|(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        assert.equal(text.indexOf('\n'), text.length - 1);
        assert.ok(load(text));
      }
    }),
    { numRuns: 200 },
  );
});
