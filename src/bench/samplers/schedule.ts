import { shuffle } from '../../measure/random.ts';
import type { Random } from '../../measure/random.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { Operation, Subject } from '../subjects/driver.ts';
import type { Schedule } from './loops.ts';

const choiceLength = 2 ** 16;

/**
 * The order of a subject's operations: shares as the mix says, exact to 1 in 65,536, in a seeded random order.
 * Throws PerfkitError when the mix names an operation that the subject does not have.
 */
export function createSchedule(
  name: string,
  subject: Subject,
  mix: Readonly<Record<string, number>>,
  random: Random,
): Schedule {
  const available = Object.keys(subject.operations);
  const [first] = available;
  if (first === undefined)
    throw new PerfkitError(
      'scenario',
      `subject ${name} has no operations: \`operations\` must hold at least one function`,
    );
  const shares = positiveShares(Object.keys(mix).length > 0 ? mix : (subject.mix ?? { [first]: 1 }));
  const names = shares.map(([operation]) => operation);
  if (names.length === 0)
    throw new PerfkitError('scenario', `subject ${name}: the mix has no operation with a share above 0`);
  const operations = names.map((operation) => operationOf(subject.operations, operation, name, available));
  const choice =
    names.length === 1
      ? new Uint8Array(1)
      : chooseInOrder(
          shares.map(([, share]) => share),
          random,
        );
  return { names, operations, choice };
}

function positiveShares(mix: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(mix).filter(([, share]) => share > 0);
}

function operationOf(
  operations: Readonly<Record<string, Operation>>,
  operation: string,
  name: string,
  available: readonly string[],
): Operation {
  const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (found === undefined) {
    throw new PerfkitError(
      'scenario',
      `subject ${name} has no operation "${operation}" (workload.mix): it has ${available.join(', ')}`,
    );
  }
  if (typeof found !== 'function') {
    throw new PerfkitError(
      'scenario',
      `subject ${name}: expected operation "${operation}" to be a function, got ${typeof found}`,
    );
  }
  return found;
}

/** Largest-remainder shares of 65,536 places, shuffled; at most 256 operations. */
function chooseInOrder(shares: readonly number[], random: Random): Uint8Array {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const exact = shares.map((share) => (share / total) * choiceLength);
  const places = exact.map((value) => Math.floor(value));
  const left = choiceLength - places.reduce((sum, value) => sum + value, 0);
  const byRemainder = exact.map((value, id) => [value % 1, id] as const).toSorted((a, b) => b[0] - a[0]);
  for (const [, id] of byRemainder.slice(0, left)) places[id] = (places[id] ?? 0) + 1;
  return Uint8Array.from(
    shuffle(
      places.flatMap((count, id) => Array.from({ length: count }, () => id)),
      random,
    ),
  );
}
