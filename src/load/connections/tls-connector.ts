import { connect as connectTls } from 'node:tls';
import { explainTlsError } from './tls-advice.ts';
import { tlsOptions } from './tls-endpoint.ts';
import type { Socket, NetConnectOpts } from 'node:net';
import type { Clock } from '../../measure/clock.ts';
import type { TlsEndpoint } from './tls-endpoint.ts';

/**
 * Makes TLS sockets. Certificates are parsed once for all connections. A socket that the server does not speak the
 * wanted protocol on is refused; a server without ALPN is taken to speak HTTP/1.1.
 */
export function tlsConnector(endpoint: TlsEndpoint, now: Clock) {
  const { alpn, resume } = endpoint;
  const options = { ...tlsOptions(endpoint), ALPNProtocols: [alpn] };
  let session: Buffer | undefined;
  return (tcp: NetConnectOpts, secured: (tlsNs: number) => void, refused: (error: Error) => void): Socket => {
    let connectedNs = 0;
    const socket = connectTls({ ...tcp, ...options, ...(resume && session !== undefined && { session }) });
    socket.once('connect', () => {
      connectedNs = now();
    });
    socket.once('secureConnect', () => {
      const agreed = socket.alpnProtocol;
      if (alpn === 'h2' && agreed !== 'h2') {
        refused(alpnError(agreed));
        return;
      }
      secured(now() - connectedNs);
    });
    if (resume) {
      socket.on('session', (ticket: Buffer) => {
        session = ticket;
      });
    }
    socket.prependOnceListener('error', (error: Error) => {
      error.message = explainTlsError(error);
    });
    return socket;
  };
}

function alpnError(agreed: string | false | null): Error {
  const got = typeof agreed === 'string' ? `it chose ${agreed}` : 'it chose none';
  return Object.assign(
    new Error(`the server does not offer HTTP/2 (ALPN h2; ${got}); leave out http2 or choose another port`),
    { code: 'ERR_TLS_ALPN' },
  );
}
