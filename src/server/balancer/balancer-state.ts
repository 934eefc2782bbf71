import type { ServerResponse } from 'node:http';
import type { Backend } from './backend.ts';
import type { ChooseBackend } from './choose-backend.ts';

/** What the parts of a balancer share. */
export interface BalancerState {
  /** In the order of their ids; those that are down too. */
  readonly backends: Backend[];
  readonly choose: ChooseBackend;
  /** A backend that sends nothing for so long is given up. */
  readonly timeoutMs: number;
  readonly counts: { retries: number; refused: number };
  isStopping: boolean;
}

/** Reply with an error in words; or cut the connection, when half a reply was sent. */
export function sendError(response: ServerResponse, status: number, error: string): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify({ error }));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    // The rest of a body that nobody takes is not read.
    ...(response.req.complete ? {} : { connection: 'close' }),
  });
  response.end(bytes);
}
