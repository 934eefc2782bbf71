/** How the server is, in a word. */
export type Health =
  | { readonly status: 'ok'; readonly uptimeSeconds: number }
  /** It answers, and something is not as it should be. */
  | { readonly status: 'degraded'; readonly uptimeSeconds: number; readonly reasons: readonly string[] }
  /** It takes no more requests: the only state in which nothing should be sent to it. */
  | { readonly status: 'stopping' };

export interface HealthInput {
  readonly isStopping: boolean;
  readonly uptimeMs: number;
  /** The alerts that are raised, in words. */
  readonly alerts: readonly string[];
}

export function healthOf({ isStopping, uptimeMs, alerts }: HealthInput): Health {
  if (isStopping) return { status: 'stopping' };
  const uptimeSeconds = Math.floor(uptimeMs / 1_000);
  return alerts.length === 0
    ? { status: 'ok', uptimeSeconds }
    : { status: 'degraded', uptimeSeconds, reasons: alerts };
}
