import { Http2Framing } from '../../../../src/load/protocols/http2/http2-framing.ts';
import { HeaderMemo } from '../../../../src/load/protocols/http2/header-memo.ts';
import { encodeHttp2Request } from '../../../../src/load/protocols/http2/http2-request.ts';
import type { Operation } from '../../../../src/load/protocols/framing.ts';
import type { EncodedRequest, RequestMessage } from '../../../../src/load/protocols/protocol.ts';

export const limits = { maxHeaderBytes: 4096, maxBodyBytes: 200_000 };

export function get(path = '/', changes: Partial<RequestMessage> = {}): EncodedRequest {
  return encodeHttp2Request(
    { method: 'GET', path, headers: [['Host', 'test.local']], body: null, closes: false, ...changes },
    'http',
  );
}

export interface Client {
  readonly framing: Http2Framing;
  /** What it has written since the last call. */
  readonly sent: () => Buffer;
  /** What it has told, a line each. */
  readonly told: string[];
  readonly ask: (seat: number, request?: EncodedRequest) => Operation;
}

/** A framing whose events become lines. Everything of a reply is wanted. */
export function createClient(nowNs: () => number = () => 1): Client {
  const told: string[] = [];
  let pieces: Buffer[] = [];
  const framing: Http2Framing = new Http2Framing(
    { limits, memo: new HeaderMemo(), now: nowNs },
    {
      ready: () => undefined,
      replied: (operation) => {
        const { status, headers, body } = framing.reply(operation);
        const shown = headers.filter(([name]) => name !== 'date').map(([name, value]) => `${name}=${value}`);
        told.push(
          `${operation.seat} replied ${framing.status(operation)} ${status} ${shown.join(' ')} ${Buffer.from(body).toString('latin1')}`,
        );
      },
      failed: ({ seat }, failure, detail) => void told.push(`${seat} failed ${failure}: ${detail}`),
      draining: () => void told.push('draining'),
      broken: (failure, detail) => {
        const seats = framing.takeOutstanding().map(({ seat }) => seat);
        told.push(`broken ${failure}: ${detail} [${seats.join(' ')}]`);
      },
    },
    { write: (bytes) => void pieces.push(Buffer.from(bytes)) },
  );
  framing.start();
  return {
    framing,
    told,
    sent: () => {
      const all = Buffer.concat(pieces);
      pieces = [];
      return all;
    },
    ask: (seat, request = get()) => {
      const operation: Operation = { seat, firstByteNs: 0, requestedNs: 0 };
      framing.request(operation, request, { headers: true, body: true });
      return operation;
    },
  };
}

/** Give the framing the bytes, cut at the places, each piece at another place of memory that is written over. */
export function pushCut(framing: Http2Framing, bytes: Uint8Array, cuts: readonly number[]): void {
  const bounds = [
    ...new Set([0, ...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length]),
  ].toSorted((a, b) => a - b);
  for (const [index, from] of bounds.entries()) {
    const to = bounds[index + 1];
    if (to === undefined) return;
    const piece = Buffer.from(bytes.subarray(from, to));
    framing.push(piece, piece.length);
    piece.fill(0xee);
  }
}
