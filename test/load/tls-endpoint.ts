import type { TlsEndpoint } from '../../src/load/connections/tls-endpoint.ts';

/** A server at localhost, whose certificate is checked. */
export function tlsEndpoint(changes: Partial<TlsEndpoint> = {}): TlsEndpoint {
  return {
    name: 'localhost',
    alpn: 'http/1.1',
    ca: null,
    cert: null,
    key: null,
    insecure: false,
    resume: false,
    ...changes,
  };
}
