import { once } from 'node:events';
import type { BuiltInServer } from './built-in-server.ts';
import { createItemServer } from './item-server.ts';

/** `builtin:items`: a small HTTP API. */
export async function startItems(): Promise<BuiltInServer> {
  const server = createItemServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
