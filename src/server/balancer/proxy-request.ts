import { request as openRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Backend } from './backend.ts';
import { sendError } from './balancer-state.ts';
import type { BalancerState } from './balancer-state.ts';
import { endToEndHeaders, requestHeaders } from './forward-headers.ts';
import { ownerOf } from './owner-of.ts';

/** Backends that a request is given to at most, while none has begun to answer. */
const mostAttempts = 3;

/**
 * Pass a request on to a backend and its reply back, both as streams. One that has no body and changes nothing is given
 * to another backend when the first fails before it has begun to answer; no other one is.
 */
export function proxyRequest(request: IncomingMessage, response: ServerResponse, state: BalancerState): void {
  // A connection that breaks ends its own request only.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  attempt({ request, response, state, tried: [] });
}

interface Passage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly state: BalancerState;
  readonly tried: readonly Backend[];
}

function attempt(passage: Passage): void {
  const { request, response, state, tried } = passage;
  const backend =
    ownerOf(request.url ?? '/', state.backends) ?? state.choose(state.backends, 'inFlight', tried);
  if (backend === null) {
    state.counts.refused++;
    sendError(response, 503, 'no instance can take a request now');
    return;
  }
  let outgoing: ClientRequest;
  try {
    outgoing = openTo(backend, request);
  } catch {
    sendError(response, 400, 'expected a path of visible characters');
    return;
  }
  backend.requests++;
  backend.inFlight++;
  backend.underWay.add(outgoing);
  const cut = (): void => void outgoing.destroy(new Error('the client has gone'));
  let hasBegun = false;
  outgoing.once('response', (incoming) => {
    hasBegun = true;
    relay(incoming, response, state);
  });
  outgoing.on('error', (error) => {
    if (response.destroyed) return;
    backend.failures++;
    if (!hasBegun && mayRepeat(request) && tried.length + 1 < mostAttempts) {
      state.counts.retries++;
      response.off('close', cut);
      attempt({ ...passage, tried: [...tried, backend] });
    } else sendError(response, error instanceof SilentBackendError ? 504 : 502, brokenOff(backend, error));
  });
  outgoing.once('close', () => {
    backend.inFlight--;
    backend.underWay.delete(outgoing);
    response.off('close', cut);
  });
  outgoing.setTimeout(state.timeoutMs, () => outgoing.destroy(new SilentBackendError()));
  response.once('close', cut);
  if (hasBody(request)) request.pipe(outgoing);
  else outgoing.end();
}

/** Throws on a path that cannot be sent. */
function openTo({ port, agent }: Backend, request: IncomingMessage): ClientRequest {
  const { method = 'GET', url = '/', rawHeaders, socket } = request;
  const headers = requestHeaders(rawHeaders, socket.remoteAddress ?? 'unknown');
  // Said in so many words, or node:http would send the body of a GET without a frame: as another request.
  if (request.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
  else if (!hasBody(request) && method !== 'GET' && method !== 'HEAD') headers.push('Content-Length', '0');
  return openRequest({ host: '127.0.0.1', port, agent, method, path: url, headers });
}

function relay(incoming: IncomingMessage, response: ServerResponse, state: BalancerState): void {
  // Half a reply must not look like a whole one.
  incoming.on('error', () => response.destroy());
  incoming.once('aborted', () => response.destroy());
  const headers = endToEndHeaders(incoming.rawHeaders);
  if (state.isStopping) headers.push('Connection', 'close');
  response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage ?? '', headers);
  response.flushHeaders();
  incoming.pipe(response);
}

/** The parser has refused requests whose length is told twice, or neither by length nor by chunks. */
function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || (length !== undefined && Number(length) > 0);
}

function mayRepeat(request: IncomingMessage): boolean {
  return ['GET', 'HEAD', 'OPTIONS'].includes(request.method ?? '') && !hasBody(request);
}

function brokenOff({ id }: Backend, error: Error): string {
  return `instance ${id} did not answer: ${error.message}`;
}

class SilentBackendError extends Error {
  constructor() {
    super('it sent nothing in time');
    this.name = 'SilentBackendError';
  }
}
