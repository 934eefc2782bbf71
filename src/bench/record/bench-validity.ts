import type { Validity } from '../../model/result.ts';
import type { RoundEvidence, RoundTask } from '../rounds/round-result.ts';

export interface MeasuredRound {
  readonly task: RoundTask;
  readonly evidence: RoundEvidence;
}

/** Fresh processes differ by a few per cent; more than this says that something else took the machine. */
const maxSpread = 1.5;
/** A loop that never waits gets all of a core unless others want it too. */
const minCpuShare = 0.85;
/** A reading of the core is up to a tenth slower than the fastest where nothing disturbs it. */
const slowedFrom = 1.15;

/** How far the evidence of the rounds lets one trust their numbers. */
export function judgeRounds(rounds: readonly MeasuredRound[]): Validity {
  const groups = Map.groupBy(rounds, ({ task }) => JSON.stringify([task.subject.name, task.concurrency]));
  const reasons = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const reason = [deadCode(group), unevenRounds(group), sharedCore(group)];
    return reason.filter((one) => one !== null).map((one) => `${first.task.subject.name}: ${one}`);
  });
  const unique = [...new Set(reasons)];
  const notes = slowedCore(rounds);
  return {
    state: unique.length === 0 ? 'valid' : 'suspect',
    reasons: unique,
    ...(notes.length > 0 && { notes }),
  };
}

/** By how much the core probe was slower than at its best in any round. */
function slowedCore(rounds: readonly MeasuredRound[]): string[] {
  const readings = rounds.flatMap(({ evidence }) => (evidence.core === null ? [] : [evidence.core]));
  const fastestNs = Math.min(...readings.map((core) => core.fastestNs));
  const slowed = readings.map(({ meanNs }) => meanNs / fastestNs).filter((factor) => factor > slowedFrom);
  if (slowed.length === 0) return [];
  const percent = (factor: number): number => Math.round((factor - 1) * 100);
  const [least, most] = [percent(Math.min(...slowed)), percent(Math.max(...slowed))];
  const by = least === most ? `${least} %` : `${least} to ${most} %`;
  return [
    `something else slowed the core by ${by} in ${slowed.length} of ${readings.length} rounds: the absolute values are too slow; run it again, or compare two versions side by side with --base`,
  ];
}

/** In at least half of the rounds: one check may be disturbed. */
function deadCode(rounds: readonly MeasuredRound[]): string | null {
  const found = rounds.flatMap(({ evidence }) => (evidence.deadCode === null ? [] : [evidence.deadCode]));
  if (found.length * 2 < rounds.length || found[0] === undefined) return null;
  return `the compiler seems to have optimised the operation away: ${found[0]}; let it return its result, and work on data that changes`;
}

function unevenRounds(rounds: readonly MeasuredRound[]): string | null {
  const rates = rounds
    .filter(({ evidence }) => evidence.complete)
    .map(({ evidence }) => evidence.callsPerSecond);
  const [slowest, fastest] = [Math.min(...rates), Math.max(...rates)];
  if (rates.length < 2 || !(fastest > slowest * maxSpread)) return null;
  const factor =
    slowest === 0
      ? 'some rounds completed nothing'
      : `the fastest round was ${(fastest / slowest).toFixed(1)} times as fast as the slowest`;
  return `${factor}: close other programs or use more rounds`;
}

function sharedCore(rounds: readonly MeasuredRound[]): string | null {
  const shares = rounds.flatMap(({ evidence }) => (evidence.cpuShare === null ? [] : [evidence.cpuShare]));
  const lowest = Math.min(...shares);
  if (!(lowest < minCpuShare)) return null;
  return `in one round it had only ${Math.round(lowest * 100)} % of a core, other work took the rest`;
}
