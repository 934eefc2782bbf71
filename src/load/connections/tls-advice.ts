/** What a failed TLS handshake means and what to do about it; the error's own words when there is nothing to add. */
export function explainTlsError(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason = reasonOf(error.message);
  const advice = adviceOf(code, reason);
  return advice === '' ? reason : `${reason}; ${advice}`;
}

/** Without OpenSSL's numbers and source lines, and without Node's own hint, which does not know our options. */
function reasonOf(message: string): string {
  const openssl = /^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(message)?.[1];
  return openssl ?? message.replace(/; if the root CA .*$/s, '');
}

const untrusted =
  'name the authority that signed it with tls.ca (--ca FILE), or accept any certificate with tls.insecure (-k)';
const expired = 'renew the certificate of the server, or accept any with tls.insecure (-k)';

function adviceOf(code: string, message: string): string {
  const known = advices.find(([codes]) => codes.includes(code));
  if (known !== undefined) return known[1];
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    if (/alert (bad certificate|certificate required|handshake failure|unknown ca)/i.test(message))
      return 'the server refused the handshake: it may want a client certificate (tls.cert and tls.key, --cert and --key)';
    if (/wrong version number|packet length too long|http request/i.test(message))
      return 'the server does not speak TLS at this port: write http:// or another port';
  }
  return '';
}

/** OpenSSL's verification results as Node reports them. */
const advices: readonly (readonly [readonly string[], string])[] = [
  [
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_UNTRUSTED',
      'INVALID_CA',
    ],
    untrusted,
  ],
  [['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'], expired],
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
    'the certificate is for another name: use that name in the URL, or say it with tls.servername',
  ],
  [
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'],
    'the server wants a client certificate: name it with tls.cert and tls.key (--cert and --key)',
  ],
];
