import { isIP } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { explainTlsError } from './tls-advice.ts';
import type { Socket, NetConnectOpts } from 'node:net';
import type { Clock } from '../../measure/clock.ts';

/** What is needed for a TLS handshake, files read. */
export interface TlsEndpoint {
  /** Name that the certificate must be for; also sent to the server (SNI) unless it is an address. */
  readonly name: string;
  /** Protocol that both sides must agree on (ALPN, RFC 7301). */
  readonly alpn: 'http/1.1' | 'h2';
  /** PEM; null for the authorities that come with Node. */
  readonly ca: string | null;
  /** PEM of the client's certificate and key; null for none. */
  readonly cert: string | null;
  readonly key: string | null;
  /** Accept any certificate. */
  readonly insecure: boolean;
  /** Later connections take up the TLS session of an earlier one: a shorter handshake, as of a returning client. */
  readonly resume: boolean;
}

/**
 * Makes TLS sockets. Certificates are parsed once for all connections. A socket that the server does not speak the
 * wanted protocol on is refused; a server without ALPN is taken to speak HTTP/1.1.
 */
export function tlsConnector(endpoint: TlsEndpoint, now: Clock) {
  const { name, alpn, ca, cert, key, insecure, resume } = endpoint;
  const secureContext = createSecureContext({
    ...(ca !== null && { ca }),
    ...(cert !== null && { cert }),
    ...(key !== null && { key }),
  });
  const options = {
    secureContext,
    ALPNProtocols: [alpn],
    rejectUnauthorized: !insecure,
    // an address is checked too, as the host that is connected to, but not sent (RFC 6066 section 3)
    ...(isIP(name) === 0 && { servername: name }),
  };
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
