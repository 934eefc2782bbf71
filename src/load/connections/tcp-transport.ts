import { connect as connectTcp } from 'node:net';
import { nowNs } from '../../measure/clock.ts';
import { tlsConnector } from './tls-connector.ts';
import type { Socket, NetConnectOpts } from 'node:net';
import type { Clock } from '../../measure/clock.ts';
import type { TlsEndpoint } from './tls-endpoint.ts';
import type { Transport, Wire, WireEvents } from './transport.ts';

export interface Endpoint {
  /** An IP address: names are resolved and checked once, before the run. */
  readonly address: string;
  readonly port: number;
  /** Null for plain TCP. */
  readonly tls: TlsEndpoint | null;
}

/** The peer may take so long to close a connection that it was asked to close. */
const releaseMs = 1000;
const readBufferBytes = 65_536;

/** Opens a socket with the options; `secured` is called when it may be used, with the time that TLS took. */
type Connector = (
  options: NetConnectOpts,
  secured: (tlsNs: number) => void,
  refused: (error: Error) => void,
) => Socket;

/**
 * TCP and TLS streams from node:net. All of them read into one buffer: what was read is parsed before the next
 * read begins, so ten thousand connections need no buffer each, and a read allocates nothing.
 */
export function createTcpTransport(endpoint: Endpoint, now: Clock = nowNs): Transport {
  const buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  const connector = endpoint.tls === null ? connectPlain : tlsConnector(endpoint.tls, now);
  return { open: (events) => openWire(endpoint, connector, buffer, events) };
}

const connectPlain: Connector = (options, secured) => connectTcp(options).once('connect', () => secured(0));

function openWire(
  { address, port }: Endpoint,
  connector: Connector,
  buffer: Buffer,
  events: WireEvents,
): Wire {
  let failure: Error | null = null;
  let destroyed = false;
  const onread = {
    buffer,
    callback: (length: number, bytes: Uint8Array): boolean => {
      // hot path
      if (!destroyed) events.received(bytes, length);
      return true;
    },
  };
  const socket = connector(
    { host: address, port, noDelay: true, onread },
    (tlsNs) => {
      if (!destroyed) events.opened(tlsNs);
    },
    (error) => {
      failure ??= error;
      socket.destroy();
    },
  );
  socket.once('end', () => {
    if (destroyed) return;
    // an alert of TLS comes before the end that it causes
    if (failure === null) events.ended();
    else events.closed(failure);
  });
  socket.on('error', (error) => {
    failure ??= error;
  });
  socket.once('close', () => {
    if (!destroyed) events.closed(failure);
  });
  return {
    write: (bytes) => {
      // hot path
      socket.write(bytes);
    },
    destroy: () => {
      destroyed = true;
      socket.destroy();
    },
    release: () => {
      destroyed = true;
      const timer = setTimeout(() => socket.destroy(), releaseMs);
      socket.once('close', () => clearTimeout(timer));
    },
  };
}
