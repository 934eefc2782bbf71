import { parseBytes, parseDurationNs } from '../../model/units.ts';
import type { LoadLimits } from '../../model/plan.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/** Limits as written, with the defaults. */
export function resolveLimits({ limits = {}, pacing = 'precise' }: LoadScenario): LoadLimits {
  return {
    timeoutNs: parseDurationNs(limits.timeout ?? '10s') ?? 0,
    connectTimeoutNs: parseDurationNs(limits.connectTimeout ?? '5s') ?? 0,
    maxBodyBytes: parseBytes(limits.maxBody ?? '16MiB') ?? 0,
    maxHeaderBytes: parseBytes(limits.maxHeader ?? '64KiB') ?? 0,
    maxWaiting: limits.maxWaiting ?? 10_000,
    gracefulStopNs: parseDurationNs(limits.gracefulStop ?? '5s') ?? 0,
    pacing,
  };
}
