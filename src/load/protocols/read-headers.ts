/**
 * The fields of a reply head that `readHttp1Head` has accepted: bytes[start..end), which begins with the status line
 * and ends with an empty one. Names in lower case; values are Latin-1 text without the white space around them.
 */
export function readHeaders(bytes: Uint8Array, start: number, end: number): [string, string][] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  const headers: [string, string][] = [];
  let line = text.indexOf('\r\n') + 2;
  while (line < text.length - 2) {
    const lineEnd = text.indexOf('\r\n', line);
    const colon = text.indexOf(':', line);
    headers.push([text.slice(line, colon).toLowerCase(), trimmed(text, colon + 1, lineEnd)]);
    line = lineEnd + 2;
  }
  return headers;
}

/** Optional white space is space and tab (RFC 9110, section 5.6.3); `trim` would take more. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 9;
}
