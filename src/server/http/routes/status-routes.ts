import type { Services } from '../../services.ts';
import { healthOf } from '../../monitoring/health.ts';
import { jsonReply } from '../route.ts';
import type { Route } from '../route.ts';

/** Whether the server is well, what it warns of, what failed, and its metrics as Prometheus reads them. */
export function statusRoutes({ metrics, monitoring, errors, isStopping, now }: Services): Route[] {
  const startMs = now();
  return [
    {
      method: 'GET',
      path: '/health',
      handle() {
        const alerts = monitoring?.alerts.raised().map(({ message }) => message) ?? [];
        const health = healthOf({ isStopping: isStopping(), uptimeMs: now() - startMs, alerts });
        // One that is degraded still answers: to take it out of a balancer would make things worse.
        return jsonReply(health, health.status === 'stopping' ? 503 : 200);
      },
    },
    {
      method: 'GET',
      path: '/alerts',
      handle: () =>
        jsonReply({
          monitoring: monitoring !== null,
          raised: monitoring?.alerts.raised() ?? [],
          recent: monitoring?.alerts.recent() ?? [],
        }),
    },
    {
      method: 'GET',
      path: '/errors',
      handle: () => jsonReply({ errors: errors.list() }),
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: async () => ({
        kind: 'bytes',
        status: 200,
        headers: { 'content-type': metrics.contentType },
        bytes: Buffer.from(await metrics.metrics()),
      }),
    },
  ];
}
