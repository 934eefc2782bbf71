import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { countPassagesByWord, summariseTopic } from '../work/summarise-topic.ts';
import type { TopicSummary } from '../work/summarise-topic.ts';
import type { Corpus } from '../work/corpus.ts';
import { moduleTls } from './module-tls.ts';

export interface ModuleServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * The "module" service that chat asks: `GET /topics/NAME` with a summary of the topic, computed anew for each request,
 * and `GET /health`. On the loopback, on a free port for 0, over TLS with a shared key, so that a new connection costs what
 * connections of real services do: a handshake of two round trips and an elliptic-curve key exchange. A corpus that is a
 * function is made soon after the start, or for the first request.
 */
export async function startModuleServer(
  corpus: Corpus | (() => Corpus),
  key: Uint8Array,
  port: number = 0,
): Promise<ModuleServer> {
  const summarise = createSummaries(typeof corpus === 'function' ? corpus : () => corpus);
  const server: Server = createServer(
    { ...moduleTls(key), keepAliveTimeout: 600_000, maxHeaderSize: 8_192 },
    (request, response) => {
      request.resume();
      answer(request, response, summarise);
    },
  );
  // Whoever has not got the key, or hangs up, ends his own connection only.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  if (typeof corpus === 'function') setImmediate(() => void summarise(''));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Of one corpus, which is made for the first of them; null for a topic that it does not know. */
function createSummaries(makeCorpus: () => Corpus): (topic: string) => TopicSummary | null {
  let corpus: Corpus | null = null;
  let passagesByWord: ReadonlyMap<string, number> = new Map();
  return (topic) => {
    if (corpus === null) {
      corpus = makeCorpus();
      passagesByWord = countPassagesByWord(corpus);
    }
    return summariseTopic(corpus, passagesByWord, topic);
  };
}

function answer(
  { url = '/' }: IncomingMessage,
  response: ServerResponse,
  summarise: (topic: string) => unknown,
): void {
  if (url === '/health') {
    send(response, 200, { status: 'ok' });
    return;
  }
  const topic = /^\/topics\/([a-z]{1,64})$/.exec(url)?.[1];
  const summary = topic === undefined ? null : summarise(topic);
  if (summary === null) send(response, 404, { error: 'there is no such topic' });
  else send(response, 200, summary);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}
