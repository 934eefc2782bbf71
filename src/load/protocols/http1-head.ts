/**
 * The head of an HTTP/1 reply that is complete and in one piece: status line and the three fields that frame the
 * message (RFC 9112 sections 4, 5, 6). Strict where leniency would let two readers disagree on where a reply ends.
 */
export interface Http1Head {
  status: number;
  /** -1: no Content-Length. */
  contentLength: number;
  chunked: boolean;
  keepAlive: boolean;
}

/** Longest Content-Length: 15 digits, below 2^53. */
const maxLengthDigits = 15;

/**
 * Read bytes[start..end), which ends with an empty line and holds no control characters but CRLF and tabs, into
 * `head`. Returns what is wrong, or '' when nothing is.
 */
export function readHttp1Head(bytes: Uint8Array, start: number, end: number, head: Http1Head): string {
  // hot path: no string, no object; field names are compared byte by byte
  head.contentLength = -1;
  head.chunked = false;
  const minor = at(bytes, start + 7) - 48;
  const lineEnd = findCr(bytes, start);
  if (lineEnd - start < 12 || (minor !== 0 && minor !== 1) || at(bytes, start + 8) !== space)
    return badStatusLine;
  const status = digits3(bytes, start + 9);
  if (status < 100 || status > 599) return badStatusLine;
  if (lineEnd - start > 12 && at(bytes, start + 12) !== space) return badStatusLine;
  head.status = status;
  head.keepAlive = minor === 1;

  let line = lineEnd + 2;
  while (line < end - 2) {
    const colon = nameEnd(bytes, line);
    if (at(bytes, colon) !== 58 || colon === line) return 'a header line has no valid name';
    const cr = findCr(bytes, colon);
    const problem = readField(bytes, line, colon, cr, head);
    if (problem !== '') return problem;
    line = cr + 2;
  }
  if (head.chunked && head.contentLength >= 0) return 'it has both Content-Length and Transfer-Encoding';
  if (head.chunked && minor === 0) return 'it has Transfer-Encoding in HTTP/1.0';
  return '';
}

const badStatusLine = 'it does not begin with an HTTP/1.0 or HTTP/1.1 status line';
const space = 0x20;

function readField(bytes: Uint8Array, line: number, colon: number, cr: number, head: Http1Head): string {
  const length = colon - line;
  if (length === 14 && equals(bytes, line, contentLengthName))
    return readContentLength(bytes, colon + 1, cr, head);
  if (length === 17 && equals(bytes, line, transferEncodingName)) {
    const value = skipSpace(bytes, colon + 1, cr);
    if (head.chunked) return 'it has two Transfer-Encodings';
    if (trimEnd(bytes, value, cr) - value !== 7 || !equals(bytes, value, chunkedToken)) {
      return 'its Transfer-Encoding is not "chunked"';
    }
    head.chunked = true;
  } else if (length === 10 && equals(bytes, line, connectionName)) {
    readConnection(bytes, colon + 1, cr, head);
  }
  return '';
}

function readContentLength(bytes: Uint8Array, start: number, end: number, head: Http1Head): string {
  const from = skipSpace(bytes, start, end);
  const to = trimEnd(bytes, from, end);
  if (to === from || to - from > maxLengthDigits) return badLength;
  let value = 0;
  for (let index = from; index < to; index++) {
    const digit = at(bytes, index) - 48;
    if (digit < 0 || digit > 9) return badLength;
    value = value * 10 + digit;
  }
  if (head.contentLength >= 0 && head.contentLength !== value) return 'it has two differing Content-Lengths';
  head.contentLength = value;
  return '';
}

const badLength = 'its Content-Length is no number below 10^15';

/** `close` wins over `keep-alive` (RFC 9112 section 9.3). */
function readConnection(bytes: Uint8Array, start: number, end: number, head: Http1Head): void {
  let from = start;
  while (from < end) {
    let comma = from;
    while (comma < end && at(bytes, comma) !== 44) comma++;
    const token = skipSpace(bytes, from, comma);
    const length = trimEnd(bytes, token, comma) - token;
    if (length === 5 && equals(bytes, token, closeToken)) {
      head.keepAlive = false;
      return;
    }
    if (length === 10 && equals(bytes, token, keepAliveToken)) head.keepAlive = true;
    from = comma + 1;
  }
}

const contentLengthName = Buffer.from('content-length');
const transferEncodingName = Buffer.from('transfer-encoding');
const connectionName = Buffer.from('connection');
const chunkedToken = Buffer.from('chunked');
const closeToken = Buffer.from('close');
const keepAliveToken = Buffer.from('keep-alive');

/** 1 for a byte that a field name may hold (RFC 9110 section 5.6.2, tchar). */
const tokenBytes = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  tokenBytes[char.charCodeAt(0)] = 1;
}

/** Past the end reads as 0, which no caller accepts. */
function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** Letters in any case; `name` is in lower case. A hyphen or digit has bit 0x20 set and stays itself. */
function equals(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index++) {
    const byte = at(bytes, start + index);
    const lower = byte >= 65 && byte <= 90 ? byte | 0x20 : byte;
    if (lower !== name[index]) return false;
  }
  return true;
}

function nameEnd(bytes: Uint8Array, start: number): number {
  let index = start;
  while (tokenBytes[at(bytes, index)] === 1) index++;
  return index;
}

/** The scanner has made sure that a line ends with CRLF. */
function findCr(bytes: Uint8Array, start: number): number {
  let index = start;
  while (index < bytes.length && bytes[index] !== 13) index++;
  return index;
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && (bytes[index] === space || bytes[index] === 9)) index++;
  return index;
}

function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let index = end;
  while (index > start && (bytes[index - 1] === space || bytes[index - 1] === 9)) index--;
  return index;
}

function digits3(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let index = start; index < start + 3; index++) {
    const digit = at(bytes, index) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
