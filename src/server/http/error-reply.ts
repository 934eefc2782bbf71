import { BatcherClosedError, QueueFullError } from '../../components/batcher/index.ts';
import { AcquireTimeoutError, PoolClosedError, PoolFullError } from '../../components/pool/index.ts';
import { PartialWriteError } from '../../components/store/index.ts';
import { UpstreamError } from '../upstream/upstream-connection.ts';
import { HttpError } from './http-error.ts';

export interface ErrorReply {
  readonly status: number;
  readonly body: { readonly error: string; readonly expected?: string; readonly got?: string };
  /** Nobody expected it: it goes to the log. */
  readonly isDefect: boolean;
}

const known: readonly (readonly [new (...args: never[]) => Error, number, string])[] = [
  [QueueFullError, 503, 'too much is waiting: try again later'],
  [PoolFullError, 503, 'too much is waiting: try again later'],
  [BatcherClosedError, 503, 'the server is stopping'],
  [PoolClosedError, 503, 'the server is stopping'],
  [AcquireTimeoutError, 504, 'the module service is busy: try again later'],
  [UpstreamError, 502, 'the module service did not answer'],
];

/** SQLite's result codes (sqlite.org/rescode.html). */
const sqliteFull = 13;
const sqliteIoError = 10;
const sqliteReadOnly = 8;

/** What a client is told of an error; the message of one that nobody expected stays here. */
export function errorReply(error: unknown): ErrorReply {
  if (error instanceof HttpError) {
    const { status, message, expected, got } = error;
    return {
      status,
      body: {
        error: message,
        ...(expected === undefined ? {} : { expected }),
        ...(got === undefined ? {} : { got }),
      },
      isDefect: false,
    };
  }
  for (const [type, status, message] of known) {
    if (error instanceof type) return { status, body: { error: message }, isDefect: false };
  }
  const stored = error instanceof PartialWriteError ? error.cause : error;
  if (isSqliteError(stored)) {
    // Extended codes have the primary one in their low byte.
    const code = stored.errcode & 0xff;
    if (code === sqliteFull || code === sqliteIoError || code === sqliteReadOnly) {
      return { status: 507, body: { error: `nothing was stored: ${stored.message}` }, isDefect: true };
    }
  }
  return { status: 500, body: { error: 'something went wrong here' }, isDefect: true };
}

function isSqliteError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}
