import { isId } from '../http/check-body.ts';

/** Conversations that a client may listen to. */
export const mostSubscriptions = 64;

/**
 * Those that a client listens to from the start: `/live?conversation=a&conversation=b`. Null when one of them cannot be,
 * or when there are too many.
 */
export function wantedConversations(url: string): readonly string[] | null {
  const query = url.split('?', 2)[1];
  if (query === undefined) return [];
  const wanted = [...new Set(new URLSearchParams(query).getAll('conversation'))];
  return wanted.length <= mostSubscriptions && wanted.every(isId) ? wanted : null;
}
