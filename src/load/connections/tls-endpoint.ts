import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';

/** PEM texts; null where there is none. */
export interface TlsFiles {
  /** Null for the authorities that come with Node. */
  readonly ca: string | null;
  /** The client's certificate and key. */
  readonly cert: string | null;
  readonly key: string | null;
}

/** What is needed for a TLS handshake, files read. */
export interface TlsEndpoint extends TlsFiles {
  /** Name that the certificate must be for; also sent to the server (SNI) unless it is an address. */
  readonly name: string;
  /** Protocol that both sides must agree on (ALPN, RFC 7301). */
  readonly alpn: 'http/1.1' | 'h2';
  /** Accept any certificate. */
  readonly insecure: boolean;
  /** Later connections take up the TLS session of an earlier one: a shorter handshake, as of a returning client. */
  readonly resume: boolean;
}

/** Certificates and key, parsed once for all connections. Throws for what OpenSSL cannot use. */
export function secureContextOf({ ca, cert, key }: TlsFiles): SecureContext {
  return createSecureContext({
    ...(ca !== null && { ca }),
    ...(cert !== null && { cert }),
    ...(key !== null && { key }),
  });
}

/** What `tls.connect` is told of the endpoint, beside the protocol; the same for all its connections. */
export function tlsOptions(endpoint: TlsEndpoint): {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
} {
  const { name, insecure } = endpoint;
  return {
    secureContext: secureContextOf(endpoint),
    rejectUnauthorized: !insecure,
    // an address is checked too, as the host that is connected to, but not sent (RFC 6066 section 3)
    ...(isIP(name) === 0 && { servername: name }),
  };
}
