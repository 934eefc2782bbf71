import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Socket } from 'node:net';
import type { Transport, Wire, WireEvents } from './transport.ts';

export interface Endpoint {
  /** An IP address: names are resolved and checked once, before the run. */
  readonly address: string;
  readonly port: number;
  /** Name that the certificate must be for; null for plain TCP. */
  readonly tlsName: string | null;
}

const readBufferBytes = 65_536;

/**
 * TCP and TLS streams from node:net. All of them read into one buffer: what was read is parsed before the next
 * read begins, so ten thousand connections need no buffer each, and a read allocates nothing.
 */
export function createTcpTransport(endpoint: Endpoint): Transport {
  const buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  return { open: (events) => openWire(endpoint, buffer, events) };
}

function openWire({ address, port, tlsName }: Endpoint, buffer: Buffer, events: WireEvents): Wire {
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
  const common = { host: address, port, noDelay: true, onread };
  const socket: Socket =
    tlsName === null
      ? connectTcp(common)
      : connectTls({ ...common, servername: tlsName, ALPNProtocols: ['http/1.1'] });
  socket.once(tlsName === null ? 'connect' : 'secureConnect', () => {
    if (!destroyed) events.opened();
  });
  socket.once('end', () => {
    if (!destroyed) events.ended();
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
  };
}
