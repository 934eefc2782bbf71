import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judge } from '../../src/judge/judge.ts';
import { combineVerdicts } from '../../src/judge/verdict.ts';
import { counterSeries, gaugeSeries, histogramSeries, measured, range, target } from '../helpers/results.ts';
import type { Tags } from '../../src/model/interval.ts';
import type { RunResult, SuiteResult } from '../../src/model/result.ts';

/** What a server, a module or a result file may put into a text to harm the reader of a report. */
export const hostileWords = [
  '::error::x',
  '::error file=a,line=1::x',
  '##[error]x',
  '##vso[task.setvariable variable=x]y',
  '%0A::error::x',
  '%25',
  '\n::error::x',
  '\r\n::set-output name=a::b',
  '<script>alert(1)</script>',
  '</details>',
  '<!-- -->',
  ']]>',
  '<![CDATA[',
  '&lt;',
  '&#0;',
  '|',
  '`',
  '```\n',
  '\\',
  '\u001b[2J\u001b[31m',
  '\u001b]0;title\u0007',
  '\u0000',
  '\u0008',
  '\u009b',
  '\ufffe',
  '\ud800',
  '\u202e',
  '\u2066',
  '\u200b',
  '@everyone',
  '@octocat',
  '#123',
  '!7',
  'https://a.example/x',
  'www.a.example',
  '[a](https://a.example)',
  '![a](https://a.example/b.png)',
  '# heading',
  '=1+1',
  '@SUM(A1)',
  ';=1+1',
  '",=1+1',
  '-2+3',
  '\t=1',
  '"',
  "'",
  ',',
  'text',
  ' ',
];

export const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...hostileWords), fc.string({ unit: 'binary', maxLength: 5 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

/** No character moves the cursor or hides anything, and no line is a command to a CI runner. */
export function assertInertTerminal(text: string): void {
  assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
  assert.doesNotMatch(text, /^\s*::.*::|##\w*\[/m);
}

/** No text opens an element, mentions anybody, links anywhere or leaves its place; ours open and close `details`. */
export function assertInertMarkdown(text: string): void {
  assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
  // code spans show what is in them as it is
  const outside = text.replace(/(?<!\\)(`+)(?!`)(?:(?!\1)[^\n]|(?<!`)\1`+(?!`))*?(?<!`)\1(?!`)/g, 'code');
  assert.doesNotMatch(outside.replace(/<\/?(?:details|summary)>/g, ''), /</);
  assert.doesNotMatch(outside, /@(?!&#8203;)|https?:\/\/|www\.a|::/);
  assert.doesNotMatch(outside, /#\d(?!\d*;)/);
  assert.equal(outside.match(/<details>/g)?.length, outside.match(/<\/details>/g)?.length);
}

/** Made once: its histograms take some milliseconds. */
let example: RunResult | null = null;

/** A run in which every text that comes from outside is taken from `texts` in turn. */
export function hostileRun(texts: readonly string[]): RunResult {
  let at = 0;
  const next = (): string => texts[at++ % texts.length] ?? '';
  const base = (example ??= exampleRun());
  const tags = (): Tags => ({ [next()]: next(), subject: next(), concurrency: next(), name: next() });
  // what a server or a driver calls its metrics, beside those that reports know by name
  const renamed = new Map(
    base.scenario.metrics.flatMap(({ name }) => [
      [name, next()],
      [`server.${name}`, `server.${next()}`],
    ]),
  );
  const metrics = base.scenario.metrics.flatMap((metric) =>
    ['', 'server.'].map((prefix) => ({
      ...metric,
      name: renamed.get(prefix + metric.name) ?? '',
      help: next(),
    })),
  );
  const series = base.series.flatMap((one) =>
    [one.metric, renamed.get(one.metric), renamed.get(`server.${one.metric}`)].map((metric = '') => ({
      ...one,
      metric,
      tags: { ...tags(), phase: next() },
      note: next(),
    })),
  );
  return {
    ...base,
    perfkit: next(),
    aborted: next(),
    scenario: {
      ...base.scenario,
      name: next(),
      file: next(),
      hash: next(),
      tags: [next()],
      metrics: [...base.scenario.metrics, ...metrics],
      reference: next(),
    },
    environment: {
      ...base.environment,
      node: next(),
      v8: next(),
      platform: next(),
      arch: next(),
      osRelease: next(),
      cpuModel: next(),
      ci: next(),
      fingerprint: next(),
    },
    validity: { state: 'suspect', reasons: [next(), next()], notes: [next()] },
    series,
    errors: [{ class: next(), tags: tags(), count: 3, example: next() }],
    slowest: [{ ...slow, subject: next(), phase: next(), name: next(), failure: next() }],
    verdict: {
      ...base.verdict,
      reasons: [next(), next()],
      targets: base.verdict.targets.map((one) => ({
        ...one,
        id: next(),
        scenario: next(),
        expr: next(),
        source: next(),
        reason: next(),
        tags: tags(),
      })),
    },
  };
}

export const hostileRuns = fc.array(hostileText, { minLength: 1, maxLength: 8 }).map(hostileRun);

const slow = {
  phase: 'steady',
  name: 'list',
  dueNs: 0,
  sentNs: 1e3,
  firstByteNs: 2e6,
  endNs: 3e6,
  openNs: null,
  tlsNs: null,
  generatorDelayNs: 0,
};

/** A load in which one target holds, one fails, one has no data, one too few samples, and one warns. */
export function exampleRun(): RunResult {
  const run = measured(
    [
      histogramSeries(
        'response_time',
        { phase: 'steady', name: 'list' },
        range(2000, (index) => 1e6 + index * 1e3),
      ),
      histogramSeries(
        'response_time',
        { phase: 'steady', name: 'item' },
        range(1000, () => 2e6),
        range(30, () => 10e9),
      ),
      histogramSeries(
        'service_time',
        { phase: 'steady', name: 'list' },
        range(2000, (index) => 1e6 + index * 900),
      ),
      histogramSeries(
        'time_to_first_byte',
        { phase: 'steady', name: 'list' },
        range(1000, (index) => (index + 1) * 1e3),
      ),
      counterSeries('throughput', { phase: 'steady', name: 'list' }, 2000, 10e9),
      counterSeries('throughput', { phase: 'steady', name: 'item' }, 1000, 10e9),
      counterSeries('errors', { phase: 'steady', name: 'item' }, 30, 1030),
      gaugeSeries('cpu', { phase: 'steady' }, 0.431),
    ],
    {
      errors: [{ class: 'timeout', tags: { name: 'item' }, count: 30, example: 'no reply within 10s' }],
      scenario: { ...measured([]).scenario, file: 'load/api.perfkit.yaml' },
    },
  );
  const metrics = measured(run.series).scenario.metrics;
  const known = { ...run, scenario: { ...run.scenario, metrics } };
  const verdict = judge(known, [
    target('response_time{name:list} p95 < 5ms', { id: 'X1', source: 'the manual: "fast lists"', line: 12 }),
    target('response_time p99 < 1ms', { severity: 'warn', line: 13 }),
    target('errors rate < 0.1%', { line: 14 }),
    target('hit_ratio value >= 80%', { line: 15 }),
    target('response_time p99.99 < 1h', { line: 16 }),
  ]);
  return { ...known, verdict };
}

/** The example without what keeps it from passing. */
export function passingRun(): RunResult {
  const run = exampleRun();
  const targets = run.verdict.targets.filter(({ outcome }) => outcome === 'pass');
  return { ...run, verdict: { outcome: 'pass', reasons: [], targets } };
}

export function suiteOf(results: readonly RunResult[]): SuiteResult {
  return {
    schema: 'perfkit/suite@1',
    perfkit: '0.0.0',
    started: '2026-01-02T03:04:05.678Z',
    durationNs: 20e9,
    results,
    verdict: combineVerdicts(results.map(({ scenario, verdict }) => ({ name: scenario.name, verdict }))),
  };
}
