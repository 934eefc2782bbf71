import { formatDurationNs } from '../../model/units.ts';
import type { PairsProgress } from '../../index.ts';

export interface ProgressLine {
  /** A line of its own that stays. */
  readonly say: (text: string) => void;
  readonly show: (progress: PairsProgress) => void;
  /** Leave the terminal as it was. */
  readonly end: () => void;
}

const quietMs = 10_000;

/** What goes on, on stderr: at a terminal one line that is written over, elsewhere one every ten seconds. */
export function createProgressLine(
  stream: NodeJS.WriteStream,
  quiet: boolean,
  now: () => number = () => performance.now(),
): ProgressLine {
  if (quiet) return { say: () => undefined, show: () => undefined, end: () => undefined };
  const live = stream.isTTY && (process.env['CI'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  const clear = (): void => void (live && stream.write('\r\u001b[2K'));
  let shownMs = -Infinity;
  return {
    say: (text) => {
      clear();
      stream.write(`${text}\n`);
    },
    show: ({ done, label, leftNs }) => {
      const text = `${label}, ${Math.floor(done * 100)} %, at most ${formatDurationNs(leftNs)} more`;
      if (live) {
        clear();
        stream.write(text.slice(0, Math.max((stream.columns ?? 80) - 1, 20)));
      } else if (now() - shownMs >= quietMs) {
        shownMs = now();
        stream.write(`${text}\n`);
      }
    },
    end: clear,
  };
}
