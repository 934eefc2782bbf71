import { createTokenBucket } from '../../components/limiter/index.ts';

/** Logs errors that nobody expected; a flood of them (a full disk, say) is cut to a line a second and a count. */
export function createDefectLog(
  log: (line: string) => void,
  now: () => number,
): (where: string, error: unknown) => void {
  const limiter = createTokenBucket({ capacity: 10, refillPerSecond: 1, maxKeys: 1, now });
  let left = 0;
  return (where, error) => {
    if (!limiter.consume('defects').allowed) {
      left++;
      return;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log(`${left === 0 ? '' : `(${left} errors were not logged) `}${where}: ${text}`);
    left = 0;
  };
}
