import { terminal } from '../terminal.ts';
import { resultsOf } from '../reporter.ts';
import { plain } from '../text.ts';
import { lineOf, targetSentence } from './findings.ts';
import { element, textElement } from './xml.ts';
import type { Reporter } from '../reporter.ts';
import type { RunResult, TargetResult } from '../../model/result.ts';

/**
 * JUnit's XML as Jenkins, GitLab and others read it: a suite for each run, a test case for each target and one for the
 * run itself. `failure`: the target failed. `error`: nothing can be said, because there is no data, too little of it, or
 * the run is invalid. All is green exactly when the verdict is a pass.
 * Valid by the schema of Jenkins (jenkinsci/xunit-plugin, junit-10.xsd), whose test cases have no file or line: these
 * are in the text of the failure.
 */
export const junit: Reporter = (document, { sourcePath = (file: string): string => file }) => {
  const suites = resultsOf(document).map((result) => suiteOf(result, sourcePath));
  if (
    document.verdict.outcome !== 'pass' &&
    suites.every(({ cases }) => cases.every(({ fault }) => fault === null))
  )
    suites.push(faultOfWhole(document.verdict.reasons.join('; ') || document.verdict.outcome));
  const attributes = { name: 'perfkit', ...countsOf(suites.flatMap(({ cases }) => cases)) };
  const root = element(
    'testsuites',
    { ...attributes, time: seconds(document.durationNs) },
    suites.map((suite) => suiteElement(suite, document.started)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
};

interface Suite {
  readonly name: string;
  readonly result: RunResult | null;
  readonly file: string | null;
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  readonly durationNs: number | null;
  readonly fault: Fault | null;
  /** What is told though nothing is wrong. */
  readonly note: string | null;
}

interface Fault {
  readonly element: 'failure' | 'error';
  readonly type: string;
  readonly message: string;
  readonly text: string;
}

function suiteOf(result: RunResult, sourcePath: (file: string) => string | null): Suite {
  const { name, file } = result.scenario;
  const path = file === null ? null : sourcePath(file);
  const cases = result.verdict.targets.map((target) => caseOf(result, target, path));
  return { name: plain(name) || 'run', result, file: path, cases: [runCase(result), ...cases] };
}

/** The run itself: whether its numbers can be trusted, and what fails it beside its targets. */
function runCase(result: RunResult): Case {
  const { verdict, aborted, complete } = result;
  const base = { name: 'run', durationNs: result.durationNs };
  const reasons = verdict.reasons.map(plain);
  const fault = (kind: Fault['element'], type: string): Case => {
    const message = plain(reasons.join('; ')) || type;
    return { ...base, fault: { element: kind, type, message, text: reasons.join('\n') }, note: null };
  };
  if (verdict.outcome === 'invalid') return fault('error', 'invalid run');
  if (aborted !== undefined) return fault('failure', 'aborted');
  if (!complete) return fault('error', 'interrupted');
  const byTarget = verdict.targets.some((target) => target.severity === 'error' && target.outcome !== 'pass');
  if (verdict.outcome === 'fail' && !byTarget) return fault('failure', 'run failed');
  if (verdict.outcome === 'undecided' && !byTarget) return fault('error', 'undecided');
  const doubts = [...result.validity.reasons, ...(verdict.outcome === 'pass' ? reasons : [])].map(plain);
  return { ...base, fault: null, note: doubts.length === 0 ? null : doubts.join('\n') };
}

function caseOf({ verdict }: RunResult, target: TargetResult, path: string | null): Case {
  const name = `${target.id === null ? '' : `${plain(target.id)} `}${plain(target.expr)}`;
  const line = lineOf(target);
  const place = path === null ? [] : [`at ${plain(path)}${line === null ? '' : `:${line}`}`];
  const sentence = targetSentence(target);
  const text = [sentence, ...place].join('\n');
  const base = { name, durationNs: null };
  if (verdict.outcome === 'invalid') {
    const message = 'the run is invalid: its numbers decide nothing';
    return { ...base, fault: { element: 'error', type: 'invalid run', message, text }, note: null };
  }
  const kind = faults[target.outcome];
  if (kind === null)
    return { ...base, fault: null, note: target.outcome === 'warn' ? `warning: ${text}` : sentence };
  if (target.severity === 'warn')
    return { ...base, fault: null, note: `warning: ${target.outcome}: ${text}` };
  return { ...base, fault: { ...kind, message: sentence, text }, note: null };
}

const faults = {
  pass: null,
  warn: null,
  fail: { element: 'failure', type: 'target failed' },
  'no data': { element: 'error', type: 'no data' },
  underpowered: { element: 'error', type: 'too few samples' },
} as const satisfies Record<TargetResult['outcome'], Pick<Fault, 'element' | 'type'> | null>;

/** A document that does not pass though none of its runs says why, such as one without runs. */
function faultOfWhole(reasons: string): Suite {
  const message = plain(reasons);
  const fault = { element: 'error', type: 'no data', message, text: message } as const;
  return {
    name: 'perfkit',
    result: null,
    file: null,
    cases: [{ name: 'run', durationNs: null, fault, note: null }],
  };
}

function countsOf(cases: readonly Case[]): { tests: number; failures: number; errors: number } {
  const count = (kind: Fault['element']): number =>
    cases.filter(({ fault }) => fault?.element === kind).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error') };
}

function suiteElement({ name, result, file, cases }: Suite, started: string): string {
  return element(
    'testsuite',
    {
      name,
      ...countsOf(cases),
      skipped: 0,
      time: seconds(result?.durationNs ?? 0),
      timestamp: timestamp(result?.started ?? started),
      ...(file !== null && { file: plain(file) }),
    },
    [
      ...(result === null ? [] : [propertiesElement(result)]),
      ...cases.map((one) => caseElement(name, one)),
      ...(result === null
        ? []
        : [textElement('system-out', {}, terminal(result, { colourLevel: 0, width: 120 }))]),
    ],
  );
}

function propertiesElement({ perfkit, scenario, environment, verdict, validity }: RunResult): string {
  const properties = {
    perfkit,
    kind: scenario.kind,
    seed: scenario.seed,
    scenario: scenario.hash,
    environment: environment.fingerprint,
    node: environment.node,
    validity: validity.state,
    verdict: verdict.outcome,
  };
  return element(
    'properties',
    {},
    Object.entries(properties).map(([name, value]) =>
      element('property', { name, value: plain(String(value)) }),
    ),
  );
}

function caseElement(suite: string, { name, durationNs, fault, note }: Case): string {
  return element(
    'testcase',
    { classname: suite, name, ...(durationNs !== null && { time: seconds(durationNs) }) },
    [
      ...(fault === null
        ? []
        : [textElement(fault.element, { type: fault.type, message: fault.message }, fault.text)]),
      ...(note === null ? [] : [textElement('system-out', {}, note)]),
    ],
  );
}

function seconds(ns: number): string {
  return Math.min(Math.max(0, ns / 1e9), 1e12).toFixed(3);
}

/** ISO 8601 without a time zone, as Ant wrote it and readers expect; UTC. */
function timestamp(started: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(started)?.[0] ?? '1970-01-01T00:00:00';
}
