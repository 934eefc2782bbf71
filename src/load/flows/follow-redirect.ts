import { quoteValue } from './reply/quote-value.ts';
import type { RequestMessage } from '../protocols/protocol.ts';
import type { Reply, StepFailure } from './exchange.ts';

/** Statuses that name another place for the same purpose (RFC 9110, section 15.4). */
export const redirectStatuses = [301, 302, 303, 307, 308] as const;

/**
 * The request that a redirect asks for; null for a reply that is none (another status, or no Location). It stays at
 * one origin: the connections of a run lead nowhere else. POST becomes GET after 301 and 302, as browsers have it, and
 * every method but HEAD after 303; after 307 and 308 the request stays what it was.
 */
export function followRedirect(
  { status, headers }: Reply,
  message: RequestMessage,
  origin: URL,
): RequestMessage | StepFailure | null {
  if (!redirectStatuses.some((one) => one === status)) return null;
  const location = headers.find(([name]) => name === 'location')?.[1];
  if (location === undefined) return null;
  const base = origin.origin + message.path;
  const url = URL.canParse(location, base) ? new URL(location, base) : null;
  if (url === null) return refused(`the Location ${quoteValue(location)} is no URL`);
  if (url.origin !== origin.origin) {
    return refused(
      `it leads to ${quoteValue(url.origin)}: redirects are followed at ${origin.host} only; load the other origin with a scenario of its own`,
    );
  }
  const path = url.pathname + url.search;
  const becomesGet = status === 303 ? message.method !== 'HEAD' : status <= 302 && message.method === 'POST';
  if (!becomesGet) return { ...message, path };
  const kept = message.headers.filter(([name]) => !/^content-/i.test(name));
  return { ...message, method: 'GET', path, headers: kept, body: null };
}

function refused(detail: string): StepFailure {
  return { failure: 'redirect', detail };
}
