/**
 * What a scripted server does with each request; plain data, so that it can be sent to a thread. Its timing is
 * arithmetic: from the script one can work out when every reply is due.
 */
export type Script =
  | TimedScript
  /** Works on one request at a time, in the order in which they came, and so serves at most `perSecond`. */
  | { readonly kind: 'limited'; readonly perSecond: number }
  /** Closes the stream instead of replying: orderly (FIN) or not (RST), after so many bytes of the reply. */
  | { readonly kind: 'cut'; readonly how: 'close' | 'reset'; readonly afterBytes: number }
  /** Sends these bytes for a reply, whatever they are (Latin-1). */
  | { readonly kind: 'raw'; readonly bytes: string }
  /** A reply whose body comes one byte at a time, so often. */
  | { readonly kind: 'slow'; readonly bodyBytes: number; readonly everyNs: number }
  /** Reads and says nothing. */
  | { readonly kind: 'silent' }
  /** Replies once on each connection, and resets it at the next request: as when a keep-alive ends just then. */
  | { readonly kind: 'stale' };

/** Replies come `delayNs` after the request, but none during a stall: they wait until its end. */
export interface TimedScript {
  readonly kind: 'timed';
  /** So many requests are answered at once, and count for nothing: both sides get their code compiled. */
  readonly warmupRequests: number;
  readonly delayNs: number;
  readonly stall: Stall | null;
}

/** Time counts from the first request after the warm-up: the k-th stall ends at k * everyNs and begins `forNs` before. */
interface Stall {
  readonly everyNs: number;
  readonly forNs: number;
}

/** When the reply to a request that came at `requestNs` (from the first request) goes out. */
export function replyDueNs(
  { delayNs, stall }: Pick<TimedScript, 'delayNs' | 'stall'>,
  requestNs: number,
): number {
  const due = requestNs + delayNs;
  if (stall === null) return due;
  const end = Math.ceil(due / stall.everyNs) * stall.everyNs;
  return due >= end - stall.forNs ? end : due;
}
