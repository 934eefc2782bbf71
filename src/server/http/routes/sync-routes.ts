import { parseSyncRequest } from '../../sync/parse-sync-request.ts';
import type { Services } from '../../services.ts';
import { negotiateEncoding } from '../negotiate-encoding.ts';
import type { Route } from '../route.ts';

/** Sync: a client sends its cursor and changes, and gets what it has not got; 204 when that is nothing. */
export function syncRoutes({ sync }: Services): Route[] {
  return [
    {
      method: 'POST',
      path: '/sync',
      async handle(request) {
        const wanted = parseSyncRequest(await request.json());
        const payload = await sync.sync(wanted, negotiateEncoding(request.header('accept-encoding')));
        if (payload === null) return { kind: 'empty', status: 204 };
        return {
          kind: 'bytes',
          status: 200,
          headers: {
            'content-type': 'application/json',
            vary: 'accept-encoding',
            ...(payload.encoding === null ? {} : { 'content-encoding': payload.encoding }),
          },
          bytes: payload.bytes,
        };
      },
    },
  ];
}
