import { nowNs } from '../../measure/clock.ts';
import type { Schedule } from './loops.ts';
import { isThenable } from './thenable.ts';

const callsEach = 4;
const shortNs = 1e6;

/**
 * Whether any operation gives a promise: each is called once, quick ones four times (a cache may answer at once only
 * when it hits). An operation that throws says nothing; it is counted when it fails under measurement.
 */
export async function detectAsync({ operations }: Schedule): Promise<boolean> {
  let found = false;
  for (const operation of operations) {
    for (let call = 0; call < callsEach; call++) {
      const startNs = nowNs();
      try {
        const result = operation(call);
        if (isThenable(result)) {
          found = true;
          await result;
        }
      } catch {
        // See above.
      }
      if (nowNs() - startNs > shortNs) break;
    }
  }
  return found;
}
