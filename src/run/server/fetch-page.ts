import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { tlsOptions } from '../../load/connections/tls-endpoint.ts';
import { classOfSocketError, classOfStatus } from '../../load/record/error-class.ts';
import { messageOf } from '../../model/errors.ts';
import { formatBytes, formatDurationNs } from '../../model/units.ts';
import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '../../load/connections/tcp-transport.ts';

export interface PageOptions {
  readonly endpoint: Endpoint;
  /** `host:port` as the server knows it. */
  readonly host: string;
  readonly path: string;
  /** Secrets are in them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly timeoutNs: number;
}

/** A page that is read again and again over one connection. */
export interface Page {
  /** Its text. Throws FetchFailure. */
  readonly fetch: () => Promise<string>;
  readonly close: () => void;
}

/** Why a page could not be read; `failure` is its class. */
export class FetchFailure extends Error {
  readonly failure: string;

  constructor(failure: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FetchFailure';
    this.failure = failure;
  }
}

const mostBytes = 8 * 1024 * 1024;
const unpack = promisify(gunzip);

export function openPage({ endpoint, host, path, headers, timeoutNs }: PageOptions): Page {
  const { address, port, tls } = endpoint;
  const agent =
    tls === null
      ? new PlainAgent({ keepAlive: true, maxSockets: 1 })
      : new TlsAgent({ keepAlive: true, maxSockets: 1 });
  const open = tls === null ? plainRequest : tlsRequest;
  const secure = tls === null ? {} : tlsOptions(tls);
  const sent: Record<string, string> = {
    host,
    accept: 'text/plain;version=0.0.4, */*;q=0.1',
    'accept-encoding': 'gzip',
    ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
  };
  return {
    fetch: async () => {
      const signal = AbortSignal.timeout(timeoutNs / 1e6);
      try {
        const reply = await new Promise<IncomingMessage>((resolve, reject) => {
          const request = open({ host: address, port, path, headers: sent, agent, signal, ...secure });
          request.on('response', resolve).on('error', reject).end();
        });
        return await textOf(reply);
      } catch (error) {
        if (error instanceof FetchFailure) throw error;
        if (signal.aborted)
          throw new FetchFailure('timeout', `no complete reply within ${formatDurationNs(timeoutNs)}`, {
            cause: error,
          });
        const failure = error instanceof Error ? classOfSocketError(error) : 'other';
        throw new FetchFailure(failure, messageOf(error), { cause: error });
      }
    },
    close: () => agent.destroy(),
  };
}

async function textOf(reply: IncomingMessage): Promise<string> {
  const { statusCode: status = 0, headers } = reply;
  if (status !== 200) {
    reply.destroy();
    throw new FetchFailure(classOfStatus(status), `expected status 200, got ${status}`);
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'gzip' && encoding !== 'identity') {
    reply.destroy();
    throw new FetchFailure('format', `expected the encoding gzip or none, got ${encoding.slice(0, 60)}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > mostBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const plain = encoding === 'gzip' ? await unpacked(body) : body;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (error) {
    throw new FetchFailure('format', 'expected UTF-8', { cause: error });
  }
}

async function unpacked(body: Buffer): Promise<Buffer> {
  try {
    return await unpack(body, { maxOutputLength: mostBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new FetchFailure('format', `expected gzip: ${messageOf(error)}`, { cause: error });
  }
}

function tooLarge(): FetchFailure {
  return new FetchFailure('body_too_large', `expected at most ${formatBytes(mostBytes)}`);
}
