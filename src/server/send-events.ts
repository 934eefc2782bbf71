import type { ServerResponse } from 'node:http';

const everyMs = 100;

/** Server-sent events: now and every 100 ms one that says when it was sent, until the client goes. */
export function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let id = 0;
  const send = (): void => {
    response.write(`id: ${++id}\ndata: {"sentAt":${Date.now()}}\n\n`);
  };
  send();
  const timer = setInterval(send, everyMs);
  response.once('close', () => clearInterval(timer));
}
