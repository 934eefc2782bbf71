/** What a handler sees of a request. */
export interface AppRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** By its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** The body, read to its end and parsed. Rejects with HttpError 400, 411, 413 or 415. */
  readonly json: () => Promise<unknown>;
  /** Aborts when the client goes before it has its reply. */
  readonly signal: () => AbortSignal;
}

export type Reply =
  /** Compressed as the client accepts, when it is long enough. */
  | { readonly kind: 'json'; readonly status: number; readonly json: string }
  /** As it is, with these headers. */
  | {
      readonly kind: 'bytes';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly bytes: Uint8Array;
    }
  /** Each part is sent when it is there and the client has read those before. */
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly contentType: string;
      readonly parts: AsyncIterable<string>;
    }
  /** A status alone. */
  | { readonly kind: 'empty'; readonly status: number };

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/conversations/:id/state` */
  readonly path: string;
  /** May throw HttpError, and what error-status.ts knows. */
  readonly handle: (request: AppRequest) => Reply | Promise<Reply>;
}

export function jsonReply(value: unknown, status = 200): Reply {
  return { kind: 'json', status, json: JSON.stringify(value) };
}
