import type { EncodedRequest, RequestMessage } from './protocol.ts';

/** A message as the bytes of an HTTP/1.1 request (RFC 9112, sections 3 and 6.2), in one buffer. */
export function encodeHttp1Request({ method, path, headers, body, closes }: RequestMessage): EncodedRequest {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  let hasLength = body === null && !bodyMethods.has(method);
  for (const [name, value] of headers) {
    head += `${name}: ${value}\r\n`;
    hasLength ||= name.length === 14 && name.toLowerCase() === 'content-length';
  }
  if (!hasLength) head += `Content-Length: ${body?.length ?? 0}\r\n`;
  head += '\r\n';
  return { bytes: join(head, body), bodiless: method === 'HEAD', closes };
}

/** Methods whose request says its length even when that is 0 (RFC 9110 section 8.6). */
const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);

function join(head: string, body: Buffer | null): Buffer {
  if (body === null) return Buffer.from(head, 'latin1');
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 0, 'latin1');
  bytes.set(body, head.length);
  return bytes;
}
