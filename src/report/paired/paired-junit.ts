import { element, textElement } from '../ci/xml.ts';
import { plain } from '../text.ts';
import { pairedSentence } from './paired-findings.ts';
import { pairedRows, undecidedReason } from './paired-rows.ts';
import { pairedTerminal } from './paired-terminal.ts';
import type { PairedRun } from '../../model/paired.ts';
import type { PairedReporter } from './paired-reporter.ts';
import type { PairedRow } from './paired-rows.ts';

/**
 * A paired run as JUnit's XML: a test case for the comparison as a whole and one for each series that decides. `failure`:
 * the series is worse. `error`: nothing can be said. What cannot be told is an error only where the run is strict; all is
 * green exactly when the exit code is 0.
 */
export const pairedJunit: PairedReporter = (run) => {
  const { decision, scenario, durationNs, started } = run;
  const rows = decision === null ? [] : pairedRows(decision.series).decisive;
  const cases = [wholeCase(run, rows), ...rows.map((row) => rowCase(run, row))];
  const count = (kind: Fault['element']): number =>
    cases.filter(({ fault }) => fault?.element === kind).length;
  const counts = { tests: cases.length, failures: count('failure'), errors: count('error') };
  const time = (Math.max(0, durationNs) / 1e9).toFixed(3);
  const name = plain(scenario.name) || 'comparison';
  const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(started)?.[0] ?? '1970-01-01T00:00:00';
  const suite = element('testsuite', { name, ...counts, skipped: 0, time, timestamp }, [
    ...cases.map((one) => caseElement(name, one)),
    textElement('system-out', {}, pairedTerminal(run, { colourLevel: 0, width: 120 })),
  ]);
  const root = element('testsuites', { name: 'perfkit', ...counts, time }, [suite]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
};

interface Case {
  readonly name: string;
  readonly fault: Fault | null;
  /** What is told beside. */
  readonly note: string;
}

interface Fault {
  readonly element: 'failure' | 'error';
  readonly type: string;
  readonly message: string;
}

/** The comparison as a whole: red for what no single series says. */
function wholeCase(run: PairedRun, rows: readonly PairedRow[]): Case {
  const { decision, settings } = run;
  const outcome = decision?.outcome ?? 'no data';
  const reasons = decision === null ? [undecidedReason(run)] : decision.reasons;
  const note = reasons.map(plain).join('\n');
  const message = plain(reasons.join('; ')) || outcome;
  const bySeries = rows.some((row) => faultOf(run, row) !== null);
  const green = outcome === 'pass' || (outcome === 'inconclusive' && !settings.strict) || bySeries;
  const kind = outcome === 'fail' ? 'failure' : 'error';
  return { name: 'comparison', fault: green ? null : { element: kind, type: outcome, message }, note };
}

function rowCase(run: PairedRun, row: PairedRow): Case {
  return {
    name: plain(`${row.label} ${row.what}`.trim()),
    fault: faultOf(run, row),
    note: pairedSentence(run, row),
  };
}

/** Null where the series does not keep the run from passing. */
function faultOf(run: PairedRun, row: PairedRow): Fault | null {
  const outcome = run.decision?.outcome ?? 'no data';
  if (outcome === 'unfit' || outcome === 'pass') return null;
  const message = pairedSentence(run, row);
  if (row.verdict === 'worse') return { element: 'failure', type: 'regression', message };
  if (row.verdict === 'no data') return { element: 'error', type: 'no data', message };
  const open = outcome === 'inconclusive' && run.settings.strict && row.verdict === 'cannot tell';
  return open ? { element: 'error', type: 'cannot tell', message } : null;
}

function caseElement(classname: string, { name, fault, note }: Case): string {
  return element('testcase', { classname, name }, [
    ...(fault === null
      ? []
      : [textElement(fault.element, { type: fault.type, message: fault.message }, fault.message)]),
    ...(note === '' ? [] : [textElement('system-out', {}, note)]),
  ]);
}
