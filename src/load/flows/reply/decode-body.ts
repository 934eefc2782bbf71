import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import type { StepFailure } from '../exchange.ts';

type Headers = readonly (readonly [string, string])[];
type Decoder = (body: Uint8Array, maxOutputLength: number) => Uint8Array;

/** Content codings (RFC 9110, section 8.4.1; br: RFC 7932, zstd: RFC 9659). */
const decoders = {
  gzip: (body, maxOutputLength) => gunzipSync(body, { maxOutputLength }),
  deflate: (body, maxOutputLength) =>
    isZlib(body) ? inflateSync(body, { maxOutputLength }) : inflateRawSync(body, { maxOutputLength }),
  br: (body, maxOutputLength) => brotliDecompressSync(body, { maxOutputLength }),
  // RFC 9659: no window above 8 MiB
  zstd: (body, maxOutputLength) =>
    zstdDecompressSync(body, { maxOutputLength, params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
} satisfies Record<string, Decoder>;

const byName: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ...Object.entries(decoders),
  ['x-gzip', decoders.gzip],
]);

/** Servers apply one; more than a few is an attack. */
const maxCodings = 3;

/**
 * A reply's body without its content coding, at most `maxBytes` long however small it came. A coding that is unknown
 * or broken is a failure of class protocol.
 */
export function decodeBody(body: Uint8Array, headers: Headers, maxBytes: number): Uint8Array | StepFailure {
  const codings = codingsOf(headers);
  if (codings.length === 0 || body.length === 0) return body;
  if (codings.length > maxCodings) return broken(`it has ${codings.length} content codings`);
  let decoded = body;
  for (const name of codings.toReversed()) {
    const decode = byName.get(name);
    if (decode === undefined)
      return broken(`its content coding is not one of ${[...byName.keys()].join(', ')}`);
    try {
      decoded = decode(decoded, maxBytes);
    } catch (error) {
      return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
        ? {
            failure: 'body_too_large',
            detail: `its decoded body is longer than the limit of ${maxBytes} bytes`,
          }
        : broken(`its body is no valid ${name}`);
    }
  }
  return decoded;
}

function codingsOf(headers: Headers): string[] {
  const codings: string[] = [];
  for (const [name, value] of headers) {
    if (name !== 'content-encoding') continue;
    for (const coding of value.split(',')) {
      const plain = coding.trim().toLowerCase();
      if (plain !== '' && plain !== 'identity') codings.push(plain);
    }
  }
  return codings;
}

/** The header of RFC 1950; some servers send bare deflate data, which RFC 9110 warns of. */
function isZlib(body: Uint8Array): boolean {
  const [first = 0, second = 0] = body;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

function broken(what: string): StepFailure {
  return { failure: 'protocol', detail: `the reply is not valid: ${what}` };
}
