import { Agent, get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { moduleClientTls } from './module-tls.ts';

export interface UpstreamAddress {
  readonly port: number;
  readonly key: Uint8Array;
}

/** One connection to the module service, which a call uses at a time. */
export interface UpstreamConnection {
  /** The reply's JSON, undefined for 404. Rejects with UpstreamError on any other status, a broken connection or a reply too long. */
  readonly call: (path: string, options: CallOptions) => Promise<unknown>;
  readonly close: () => void;
}

interface CallOptions {
  readonly signal: AbortSignal | undefined;
  /** For the whole call. */
  readonly timeoutMs: number;
}

/** The service cannot be reached, or says what it should not. */
export class UpstreamError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamError';
  }
}

const largestReplyBytes = 262_144;

/** It is opened by the first call. */
export function createUpstreamConnection({ port, key }: UpstreamAddress): UpstreamConnection {
  const agent = new Agent({ ...moduleClientTls(key), keepAlive: true, maxSockets: 1, maxCachedSessions: 0 });
  return {
    call: (path, { signal, timeoutMs }) =>
      new Promise((resolve, reject) => {
        const fail = (error: Error): void =>
          reject(new UpstreamError(`the module service did not answer: ${error.message}`, { cause: error }));
        const request = get({ host: '127.0.0.1', port, path, agent, signal }, (response) => {
          collect(response).then(resolve, fail);
        });
        request.setTimeout(timeoutMs, () =>
          request.destroy(new Error(`expected a reply within ${timeoutMs} ms, got none`)),
        );
        request.on('error', fail);
      }),
    close: () => agent.destroy(),
  };
}

async function collect(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('Expected bytes of the module service');
    bytes += chunk.length;
    if (bytes > largestReplyBytes) throw new Error(`expected at most ${largestReplyBytes} bytes, got more`);
    chunks.push(chunk);
  }
  if (response.statusCode === 404) return undefined;
  if (response.statusCode !== 200) throw new Error(`expected status 200, got ${response.statusCode}`);
  return JSON.parse(Buffer.concat(chunks).toString());
}
