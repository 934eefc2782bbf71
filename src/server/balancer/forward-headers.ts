/** What concerns one connection and not the message (RFC 9110, 7.6.1), and what the balancer has dealt with itself. */
const ofTheHop = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Never dropped because a `Connection` header names them: without them a message is another one. */
const ofTheMessage = new Set(['content-length', 'host', 'x-forwarded-for']);

/** Names and values in turn, without those of the hop and those that `Connection` names. */
export function endToEndHeaders(raw: readonly string[]): string[] {
  const named = namedByConnection(raw);
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const key = name.toLowerCase();
    if (ofTheHop.has(key) || (named.has(key) && !ofTheMessage.has(key))) continue;
    kept.push(name, raw[at + 1] ?? '');
  }
  return kept;
}

/** Those of a request to be passed on for a client at `address`. */
export function requestHeaders(raw: readonly string[], address: string): string[] {
  const kept = endToEndHeaders(raw);
  const headers: string[] = [];
  const forwarded: string[] = [];
  for (let at = 0; at + 1 < kept.length; at += 2) {
    const name = kept[at] ?? '';
    const value = kept[at + 1] ?? '';
    if (name.toLowerCase() === 'x-forwarded-for') forwarded.push(value);
    else headers.push(name, value);
  }
  headers.push('X-Forwarded-For', [...forwarded, address].join(', '));
  return headers;
}

function namedByConnection(raw: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() !== 'connection') continue;
    for (const name of (raw[at + 1] ?? '').split(',')) names.add(name.trim().toLowerCase());
  }
  return names;
}
