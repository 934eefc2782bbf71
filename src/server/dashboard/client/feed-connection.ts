import type { FeedMessage } from '../feed-message.ts';

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly retryInMs: number }
  /** The server knows us no more, it was started again: trying on is of no use. */
  | { readonly kind: 'refused'; readonly sinceMs: number };

export interface FeedListener {
  readonly onMessage: (message: FeedMessage) => void;
  readonly onState: (state: ConnectionState) => void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
/** The server speaks each second. */
const longestSilenceMs = 10_000;

/** Keeps a connection to the feed; when it is lost, tries again after 1 s, 2 s, 4 s and so on up to 30 s. */
export function connectFeed(host: string, { onMessage, onState }: FeedListener): void {
  let retryMs = firstRetryMs;
  let lostMs: number | null = null;

  const retry = async (): Promise<void> => {
    lostMs ??= Date.now();
    if (await isRefused()) {
      onState({ kind: 'refused', sinceMs: lostMs });
      return;
    }
    onState({ kind: 'lost', sinceMs: lostMs, retryInMs: retryMs });
    setTimeout(open, retryMs);
    retryMs = Math.min(2 * retryMs, longestRetryMs);
  };
  const open = (): void => {
    const socket = new WebSocket(`ws://${host}/dashboard/feed`);
    const expectWord = (): NodeJS.Timeout => setTimeout(() => socket.close(), longestSilenceMs);
    // How long connecting may take is up to the browser.
    let silence: NodeJS.Timeout | undefined;
    socket.addEventListener('open', () => {
      silence = expectWord();
    });
    socket.addEventListener('message', ({ data }) => {
      clearTimeout(silence);
      silence = expectWord();
      onState({ kind: 'live' });
      lostMs = null;
      retryMs = firstRetryMs;
      const message: FeedMessage = JSON.parse(String(data));
      onMessage(message);
    });
    // One that was refused, or is closed by us, ends here too.
    socket.addEventListener('close', () => {
      clearTimeout(silence);
      void retry();
    });
  };
  onState({ kind: 'connecting' });
  open();
}

/** A browser does not tell why a WebSocket was refused: ask in a way whose answer it shows. */
async function isRefused(): Promise<boolean> {
  try {
    const { status } = await fetch('/dashboard/session', { cache: 'no-store' });
    return status === 401 || status === 403 || status === 404;
  } catch {
    return false;
  }
}
