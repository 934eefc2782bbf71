import type { Services } from '../../services.ts';
import { jsonReply } from '../route.ts';
import type { Route } from '../route.ts';

/** Whether the server is well, and its metrics as Prometheus reads them. */
export function statusRoutes({ metrics, isStopping, now }: Services): Route[] {
  const startMs = now();
  return [
    {
      method: 'GET',
      path: '/health',
      handle: () =>
        isStopping()
          ? jsonReply({ status: 'stopping' }, 503)
          : jsonReply({ status: 'ok', uptimeSeconds: Math.round((now() - startMs) / 1_000) }),
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: () => ({
        kind: 'bytes',
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        bytes: Buffer.from(metrics.text()),
      }),
    },
  ];
}
