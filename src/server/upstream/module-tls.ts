import type { ConnectionOptions, TlsOptions } from 'node:tls';

const identity = 'perfkit';
// With a shared key no certificate is needed; ECDHE makes the handshake as dear as with one (RFC 8442, RFC 7905).
const common = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;

/** TLS settings of the module service's own end, for a key of 32 bytes that both ends have. */
export function moduleTls(key: Uint8Array): TlsOptions {
  return { ...common, pskCallback: (_socket, name) => (name === identity ? key : null) };
}

/** The same for those that connect to it. */
export function moduleClientTls(key: Uint8Array): ConnectionOptions {
  return {
    ...common,
    pskCallback: () => ({ psk: key, identity }),
    // The key proves who the other end is; there is no certificate to look at.
    checkServerIdentity: () => undefined,
  };
}
