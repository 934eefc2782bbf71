/** What kind of failure an operation ended with; stable words, used as a tag in results. */
export type ErrorClass =
  | 'refused'
  | 'reset'
  | 'closed' // by the server, before the reply was complete
  | 'stale_connection' // kept alive, closed by the server just as the next request was sent
  | 'pipelined' // sent behind a request that failed on the same connection
  | 'timeout' // no complete reply in time
  | 'unfinished' // no reply when the run ended, after the time that it is given then
  | 'connect_timeout'
  | 'dns'
  | 'unreachable'
  | 'tls'
  | 'file_descriptors' // EMFILE: the generator's own limit
  | 'address_unavailable' // EADDRNOTAVAIL: the generator is out of ports
  | 'protocol'
  | 'body_too_large'
  | 'status_4xx'
  | 'status_5xx'
  | 'expectation' // another status, header or body than the scenario expects
  | 'capture' // what a later step needs is not in the reply
  | 'variable' // a value that cannot be put into the request
  | 'redirect' // too many, in a circle, or to another origin
  | 'script' // a function of the scenario threw
  | 'other';

const byCode = new Map<string, ErrorClass>([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['ETIMEDOUT', 'connect_timeout'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_FAIL', 'dns'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['EMFILE', 'file_descriptors'],
  ['ENFILE', 'file_descriptors'],
  ['EADDRNOTAVAIL', 'address_unavailable'],
]);

/** Codes of certificate checks (OpenSSL's X509_V_ERR names, as Node reports them). */
const certificateCode = /CERT|^UNABLE_TO_|^INVALID_CA$|^PATH_LENGTH|^HOSTNAME_MISMATCH$/;

/** The class of a socket's error. */
export function classOfSocketError(error: Error): ErrorClass {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = byCode.get(code);
  if (known !== undefined) return known;
  if (
    code.startsWith('ERR_TLS') ||
    code.startsWith('ERR_SSL') ||
    code === 'EPROTO' ||
    certificateCode.test(code)
  )
    return 'tls';
  return 'other';
}

/** The class of a complete reply with an unwanted status. */
export function classOfStatus(status: number): ErrorClass {
  if (status >= 500) return 'status_5xx';
  return status >= 400 ? 'status_4xx' : 'expectation';
}
