import { actualOf, labelOf, marginOf } from '../rows.ts';
import { resultsOf } from '../reporter.ts';
import { plain } from '../text.ts';
import { worstFirst } from './worst-first.ts';
import { formatValue } from '../../model/units.ts';
import type { RunResult, SuiteResult, TargetResult } from '../../model/result.ts';

/** One thing that a person must look at, as text on one line, with its place in the scenario file. */
export interface Finding {
  /** `error`: the run does not pass because of it. */
  readonly level: 'error' | 'warning';
  readonly kind:
    | 'target failed'
    | 'no data'
    | 'too few samples'
    | 'warning'
    | 'invalid run'
    | 'run'
    | 'regression'
    | 'cannot tell';
  readonly scenario: string;
  /** What it is about, the same in every run: the target as written, or the message. */
  readonly subject: string;
  readonly message: string;
  /** The scenario file as the run was given it; null for a run without one. */
  readonly file: string | null;
  /** 1-based; null where no single line is the place. */
  readonly line: number | null;
}

/** Everything that keeps a document from passing, worst first, then what it warns of. A document that does not pass has an error. */
export function findingsOf(document: RunResult | SuiteResult): Finding[] {
  const results = resultsOf(document);
  const found = results.flatMap(findingsOfRun);
  const failed = found.some(({ level }) => level === 'error');
  if (document.verdict.outcome !== 'pass' && !failed) {
    const message =
      plain(document.verdict.reasons.join('; ')) || `the outcome is ${document.verdict.outcome}`;
    const place = { scenario: 'perfkit', file: null, line: null };
    found.push({ ...place, level: 'error', kind: 'run', subject: message, message });
  }
  return [
    ...found.filter(({ level }) => level === 'error'),
    ...found.filter(({ level }) => level !== 'error'),
  ];
}

function findingsOfRun(result: RunResult): Finding[] {
  const { verdict, validity } = result;
  const place = { scenario: plain(result.scenario.name), file: result.scenario.file, line: null };
  // the numbers of an invalid run are nobody's: no target of it has failed or held
  if (verdict.outcome === 'invalid')
    return [
      {
        ...place,
        level: 'error',
        kind: 'invalid run',
        subject: '',
        message: plain(verdict.reasons.join('; ')),
      },
    ];
  const targets = worstFirst(verdict.targets.filter(({ outcome }) => outcome !== 'pass')).map(
    (target): Finding => {
      const kind = kinds[target.outcome];
      const message = targetSentence(target);
      return { ...place, level: levelOf(target), kind, subject: target.expr, message, line: lineOf(target) };
    },
  );
  const explained = targets.some(({ level }) => level === 'error') && result.aborted === undefined;
  const others = explained
    ? []
    : verdict.reasons.map((reason): Finding => {
        const level = verdict.outcome === 'pass' ? 'warning' : 'error';
        return { ...place, level, kind: 'run', subject: reason, message: plain(reason) };
      });
  const doubts = validity.state === 'valid' ? [] : validity.reasons;
  return [
    ...others,
    ...targets,
    ...doubts.map((reason): Finding => {
      const message = plain(`suspect run: ${reason}`);
      return { ...place, level: 'warning', kind: 'warning', subject: reason, message };
    }),
  ];
}

function levelOf({ severity }: TargetResult): Finding['level'] {
  return severity === 'warn' ? 'warning' : 'error';
}

const kinds = {
  pass: 'run',
  fail: 'target failed',
  'no data': 'no data',
  underpowered: 'too few samples',
  warn: 'warning',
} as const satisfies Record<TargetResult['outcome'], Finding['kind']>;

/** Of the target in its file; null when it is not known, or no line at all. */
export function lineOf({ line }: TargetResult): number | null {
  return line !== null && Number.isSafeInteger(line) && line > 0 ? line : null;
}

/** `P1 op_duration p99 < 1ms [lru]: 1.53ms, limit 1.00ms, margin -53% (why) - source`. */
export function targetSentence(target: TargetResult): string {
  const { id, expr, tags, limit, unit, perSecond, reason, source } = target;
  const label = labelOf(tags);
  const name = `${id === null ? '' : `${plain(id)} `}${plain(expr)}${label === '' ? '' : ` [${label}]`}`;
  const margin = marginOf(target);
  const parts = [
    actualOf(target),
    ...(limit === null || target.actual === null ? [] : [`limit ${formatValue(limit, unit, perSecond)}`]),
    ...(margin === '' ? [] : [`margin ${margin}`]),
  ];
  const why = reason === null ? '' : ` (${plain(reason)})`;
  return `${name}: ${parts.join(', ')}${why}${source === null ? '' : ` - ${plain(source)}`}`;
}
