import { isIPv6 } from 'node:net';
import { WebSocket } from 'ws';
import type { LookupOptions } from 'node:dns';
import { tlsOptions } from '../../connections/tls-endpoint.ts';
import { classOfSocketError, classOfStatus } from '../../record/error-class.ts';
import type { ClientOptions } from 'ws';
import type { SocketPlan } from '../../../model/stream-plan.ts';
import type { Endpoint } from '../../connections/tcp-transport.ts';
import type { StepFailure } from '../../flows/exchange.ts';
import type { SocketEvents, SocketTransport, SocketWire } from './socket-wire.ts';

/** `ws` hands these on, though its types do not say so. */
type Lookup = (host: string, options: LookupOptions, callback: LookupCallback) => void;

interface UntypedOptions {
  readonly lookup: Lookup;
  readonly closeTimeout: number;
}

/** The server's goodbye is waited for so long. */
const closeTimeoutMs = 1000;

type LookupCallback = (
  error: null,
  address: string | readonly { readonly address: string; readonly family: number }[],
  family?: number,
) => void;

export interface WebSocketOptions {
  /** ws: or wss: with the path. */
  readonly url: URL;
  readonly endpoint: Endpoint;
  /** Secrets are in them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly plan: SocketPlan;
  readonly connectTimeoutNs: number;
}

/** WebSockets of the package `ws`, to the address that was found and allowed before the run. */
export function createWebSocketTransport(options: WebSocketOptions): SocketTransport {
  const { url, endpoint, headers, plan, connectTimeoutNs } = options;
  const clientOptions: ClientOptions & UntypedOptions = {
    ...(endpoint.tls !== null && tlsOptions(endpoint.tls)),
    headers,
    // one address: another look-up could lead elsewhere
    lookup: (_host, { all }, callback) => {
      const family = isIPv6(endpoint.address) ? 6 : 4;
      if (all === true) callback(null, [{ address: endpoint.address, family }]);
      else callback(null, endpoint.address, family);
    },
    handshakeTimeout: connectTimeoutNs / 1e6,
    perMessageDeflate: plan.deflate,
    maxPayload: plan.maxMessageBytes,
    closeTimeout: closeTimeoutMs,
  };
  return {
    open: (events) => openSocket(url, [...plan.protocols], clientOptions, events),
  };
}

function openSocket(url: URL, protocols: string[], options: ClientOptions, events: SocketEvents): SocketWire {
  let failure: StepFailure | null = null;
  let destroyed = false;
  const socket = new WebSocket(url, protocols, options);
  socket.on('open', () => {
    if (!destroyed) events.opened();
  });
  socket.on('message', (data, isBinary) => {
    // hot path: `nodebuffer` is the binary type, so that it is one Buffer
    if (!destroyed && data instanceof Uint8Array) events.received(data, isBinary);
  });
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0;
    failure ??= { failure: classOfStatus(status), detail: `status ${status} instead of an upgrade` };
    response.resume();
    request.destroy();
    socket.terminate();
  });
  socket.on('error', (error) => {
    failure ??= failureOf(error);
    // else it would wait half a minute for a goodbye from a server that broke the protocol
    socket.terminate();
  });
  socket.on('close', (code) => {
    if (!destroyed) events.closed(failure ?? (code === normalClosure ? null : closedWith(code)));
  });
  return {
    send: (message) => {
      // hot path
      socket.send(message);
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    close: () => socket.close(normalClosure),
    destroy: () => {
      destroyed = true;
      socket.terminate();
    },
  };
}

const normalClosure = 1000;
/** RFC 6455, section 7.4.1: there was no close frame. */
const noCloseFrame = 1006;

function closedWith(code: number): StepFailure {
  const detail =
    code === noCloseFrame
      ? 'the connection ended without a close frame'
      : `the server closed the socket with code ${code}`;
  return { failure: 'closed', detail };
}

function failureOf(error: Error): StepFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return { failure: 'body_too_large', detail: 'a message is longer than the limit' };
  if (code.startsWith('WS_ERR_') || /^(Invalid|Unexpected|Server sent)/.test(error.message))
    return { failure: 'protocol', detail: error.message };
  if (error.message === 'Opening handshake has timed out')
    return { failure: 'connect_timeout', detail: 'the handshake took too long' };
  return { failure: classOfSocketError(error), detail: error.message };
}
