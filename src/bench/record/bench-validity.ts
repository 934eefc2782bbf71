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
  return { state: unique.length === 0 ? 'valid' : 'suspect', reasons: unique };
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
