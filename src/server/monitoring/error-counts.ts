import { messageOf } from '../../model/errors.ts';
import { errorReply } from '../http/error-reply.ts';
import { errorClassOf } from './error-class.ts';
import type { RecordEvent } from './log-event.ts';

/** Who could not do what was wanted. */
type ErrorSource = 'http' | 'live' | 'job' | 'upstream';

/** Failures of one class, and one of them. */
interface ErrorCount {
  readonly source: ErrorSource;
  readonly class: string;
  readonly count: number;
  readonly example: ErrorExample;
}

interface ErrorExample {
  /** `POST /messages`: the route, not the path that a client made up. */
  readonly where: string;
  /** Of an error that nobody expected only its name: its message may tell of the inside, and goes to the log. */
  readonly message: string;
  /** Milliseconds since 1970; the last one of its class that is kept. */
  readonly atMs: number;
}

export interface ErrorCounts {
  /** `status`: what the client was told, when that is not what the error itself says (499: it has gone). */
  readonly add: (source: ErrorSource, where: string, error: unknown, status?: number) => void;
  /** The most frequent first. */
  readonly list: () => readonly ErrorCount[];
}

export interface ErrorCountsPorts {
  readonly now: () => number;
  readonly today: () => number;
  readonly record: RecordEvent;
}

interface Counted {
  readonly source: ErrorSource;
  readonly class: string;
  count: number;
  example: ErrorExample;
  /** Failures when the last one was logged, and when that was. */
  logged: number;
  loggedMs: number;
}

/** A class is logged when it first comes, and then no more often than this; its example is renewed then. */
const logEveryMs = 60_000;

/** Counts failures by source and class, of which there are a fixed number, with an example of each. */
export function createErrorCounts({ now, today, record }: ErrorCountsPorts): ErrorCounts {
  const byClass = new Map<string, Counted>();
  return {
    add(source, where, error, status) {
      const { status: known, isDefect } = errorReply(error);
      const told = status ?? known;
      const name = errorClassOf(told);
      const key = `${source} ${name}`;
      const nowMs = now();
      const counted = byClass.get(key);
      if (counted !== undefined) counted.count++;
      if (counted !== undefined && nowMs - counted.loggedMs < logEveryMs) return;
      const text = messageOf(error).slice(0, 200).toWellFormed();
      const message = isDefect ? nameOf(error) : text;
      const example = { where: where.slice(0, 100), message, atMs: today() };
      const count = counted?.count ?? 1;
      const more = count - (counted?.logged ?? 0) - 1;
      byClass.set(key, { source, class: name, count, example, logged: count, loggedMs: nowMs });
      // Those are logged with their stack by whoever answers requests.
      if (isDefect && source === 'http') return;
      record({
        level: told >= 500 && told !== 503 ? 'error' : 'info',
        event: 'request_failed',
        message: `${source} ${name}: ${where}: ${text}${more > 0 ? ` (and ${more} more of that class)` : ''}`,
        fields: { source, class: name, status: told, where, error: text, count },
      });
    },
    list: () =>
      [...byClass.values()]
        .map(({ source, class: name, count, example }) => ({ source, class: name, count, example }))
        .toSorted((a, b) => b.count - a.count),
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
