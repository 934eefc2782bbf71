/** Options of curl that say what is sent, by what this does with them. Others are read over, or refused when not known. */
export type CurlAction =
  | 'request'
  | 'header'
  | 'data'
  | 'data-raw'
  | 'data-urlencode'
  | 'json'
  | 'user'
  | 'bearer'
  | 'cookie'
  | 'form'
  | 'form-string'
  | 'user-agent'
  | 'referer'
  | 'url'
  | 'url-query'
  | 'upload'
  | 'get'
  | 'head'
  | 'compressed'
  | 'next';

export interface CurlOption {
  readonly takesValue: boolean;
  /** Null: changes nothing that a step could say. */
  readonly action: CurlAction | null;
  /** Worth a word when it is there. */
  readonly note: string | null;
}

/** By long name, or by letter; null when curl has no such option that we know. */
export function curlOption(name: string): CurlOption | null {
  const long = name.length === 1 ? letters[name] : name;
  if (long === undefined) return null;
  const action = Object.hasOwn(actions, long) ? actions[long] : undefined;
  if (action !== undefined) return { takesValue: !flags.has(long), action, note: null };
  if (flags.has(long) || flags.has(long.replace(/^no-/, '')))
    return {
      takesValue: false,
      action: null,
      note: Object.hasOwn(notes, long) ? (notes[long] ?? null) : null,
    };
  return values.has(long) ? { takesValue: true, action: null, note: null } : null;
}

const actions: Readonly<Record<string, CurlAction>> = {
  request: 'request',
  header: 'header',
  data: 'data',
  'data-ascii': 'data',
  'data-binary': 'data',
  'data-raw': 'data-raw',
  'data-urlencode': 'data-urlencode',
  json: 'json',
  user: 'user',
  'oauth2-bearer': 'bearer',
  cookie: 'cookie',
  form: 'form',
  'form-string': 'form-string',
  'user-agent': 'user-agent',
  referer: 'referer',
  url: 'url',
  'url-query': 'url-query',
  'upload-file': 'upload',
  get: 'get',
  head: 'head',
  compressed: 'compressed',
  next: 'next',
};

const notes: Readonly<Record<string, string>> = {
  insecure: 'curl was told not to verify certificates (-k); the scenario does not say so',
  location: 'curl was told to follow redirects (-L); a step does not, add one for where it leads',
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const flags = words(
  'get head compressed next insecure location silent show-error verbose include fail fail-with-body remote-name ' +
    'remote-header-name no-buffer buffer globoff http1.0 http1.1 http2 http2-prior-knowledge http3 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 ' +
    'tlsv1.3 sslv2 sslv3 ipv4 ipv6 progress-bar progress-meter no-progress-meter append junk-session-cookies netrc anyauth ' +
    'basic digest ntlm negotiate location-trusted path-as-is raw tcp-nodelay tcp-fastopen keepalive sessionid ' +
    'ssl-no-revoke create-dirs parallel styled-output tr-encoding http0.9 remote-time fail-early ' +
    'post301 post302 post303 alpn compressed-ssh proxy-insecure disable',
);

const values = words(
  'output max-time connect-timeout proxy cacert capath cert key cert-type key-type pass write-out cookie-jar ' +
    'retry retry-delay retry-max-time max-redirs resolve connect-to interface limit-rate dump-header ' +
    'range ciphers tls13-ciphers tls-max keepalive-time noproxy proxy-user proxy-header expect100-timeout ' +
    'speed-limit speed-time stderr trace trace-ascii unix-socket abstract-unix-socket dns-servers ' +
    'output-dir parallel-max rate happy-eyeballs-timeout-ms max-filesize local-port continue-at time-cond aws-sigv4',
);

const letters: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  u: 'user',
  b: 'cookie',
  F: 'form',
  A: 'user-agent',
  e: 'referer',
  T: 'upload-file',
  G: 'get',
  I: 'head',
  ':': 'next',
  k: 'insecure',
  L: 'location',
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  i: 'include',
  f: 'fail',
  O: 'remote-name',
  J: 'remote-header-name',
  N: 'no-buffer',
  g: 'globoff',
  '0': 'http1.0',
  '1': 'tlsv1',
  '4': 'ipv4',
  '6': 'ipv6',
  '#': 'progress-bar',
  a: 'append',
  j: 'junk-session-cookies',
  n: 'netrc',
  Z: 'parallel',
  R: 'remote-time',
  q: 'disable',
  o: 'output',
  m: 'max-time',
  x: 'proxy',
  E: 'cert',
  w: 'write-out',
  c: 'cookie-jar',
  r: 'range',
  C: 'continue-at',
  D: 'dump-header',
  U: 'proxy-user',
  Y: 'speed-limit',
  y: 'speed-time',
  z: 'time-cond',
};
