import { defaultMaxFrameBytes, flag, frame, frameType } from './frames.ts';
import { connectionFields } from './header-field.ts';
import { staticIndex } from './header-tables.ts';
import type { EncodedRequest, RequestMessage } from '../protocol.ts';

/**
 * A request as HTTP/2 frames for stream 0: HEADERS with its CONTINUATIONs, then the body as it is. The framing puts the
 * number of the stream in, and cuts the body into DATA as the server has room. The header block refers to the static
 * table only: it means the same at any time, on any connection (RFC 7541 section 6.2.2).
 */
export function encodeHttp2Request(message: RequestMessage, scheme: 'http' | 'https'): EncodedRequest {
  const body = message.body ?? Buffer.alloc(0);
  const head = headFrames(headerBlock(fieldsOf(message, scheme)), body.length === 0);
  return {
    bytes: Buffer.concat([head, body]),
    headBytes: head.length,
    bodiless: message.method === 'HEAD',
    closes: false,
  };
}

/** Methods whose request says its length even when that is 0 (RFC 9110 section 8.6). */
const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);

function fieldsOf({ method, path, headers, body }: RequestMessage, scheme: string): [string, string][] {
  const fields = headers.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const host = fields.find(([name]) => name === 'host')?.[1] ?? '';
  const kept = fields.filter(
    ([name, value]) =>
      name !== 'host' && !connectionFields.has(name) && (name !== 'te' || value.toLowerCase() === 'trailers'),
  );
  const sized = kept.some(([name]) => name === 'content-length');
  const length = body?.length ?? 0;
  return [
    [':method', method],
    [':scheme', scheme],
    [':authority', host],
    [':path', path],
    ...kept,
    ...(!sized && (body !== null || bodyMethods.has(method))
      ? [['content-length', String(length)] satisfies [string, string]]
      : []),
  ];
}

/** Tables of intermediaries keep none of these (RFC 7541 section 7.1.3). */
const secretFields = new Set(['authorization', 'cookie', 'proxy-authorization']);

function headerBlock(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.map(([name, value]) => headerFieldBytes(name, value)));
}

function headerFieldBytes(name: string, value: string): Buffer {
  const known = staticIndex(name, value);
  if (known.field > 0) return integer(known.field, 7, 0x80);
  const form = secretFields.has(name) ? 0x10 : 0;
  const start = integer(known.name, 4, form);
  return Buffer.concat(known.name > 0 ? [start, text(value)] : [start, text(name), text(value)]);
}

/** RFC 7541 section 5.1. */
function integer(value: number, prefixBits: number, form: number): Buffer {
  const mask = 2 ** prefixBits - 1;
  if (value < mask) return Buffer.from([form | value]);
  const bytes = [form | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length, 7, 0), bytes]);
}

function headFrames(block: Buffer, endsStream: boolean): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += defaultMaxFrameBytes) {
    const piece = block.subarray(at, at + defaultMaxFrameBytes);
    const last = at + piece.length >= block.length ? flag.endHeaders : 0;
    const ends = at === 0 && endsStream ? flag.endStream : 0;
    frames.push(frame(at === 0 ? frameType.headers : frameType.continuation, last | ends, 0, piece));
  }
  return Buffer.concat(frames);
}
