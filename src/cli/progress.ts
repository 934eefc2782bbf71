import { formatDurationNs } from '../model/units.ts';
import type { Progress } from '../model/engine.ts';

export interface ProgressView {
  /** What the part at hand says of itself. */
  readonly update: (progress: Progress) => void;
  /** Go on to the next part. */
  readonly next: () => void;
  /** Leave the terminal as it was. */
  readonly end: () => void;
}

/** A part's name and how long it should take. */
export interface Part {
  readonly name: string;
  readonly expectedNs: number;
}

const frameMs = 250;
const plainLineMs = 10_000;

/**
 * Progress with ETA on stderr: one line that is drawn over at a terminal, a line every ten seconds elsewhere,
 * nothing when quiet. The ETA comes from the plan at first, then from the pace so far.
 */
export function createProgress(
  parts: readonly Part[],
  stream: NodeJS.WriteStream,
  quiet: boolean,
): ProgressView {
  if (quiet) return { update: () => undefined, next: () => undefined, end: () => undefined };
  const live = stream.isTTY && (process.env['CI'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  const totalNs = parts.reduce((sum, part) => sum + part.expectedNs, 0);
  const startedMs = performance.now();
  let index = -1;
  let progress: Progress = { done: 0, label: '' };

  function line(): string {
    const part = parts[index];
    const beforeNs = parts.slice(0, Math.max(0, index)).reduce((sum, one) => sum + one.expectedNs, 0);
    const doneNs = beforeNs + (part?.expectedNs ?? 0) * Math.min(1, progress.done);
    const share = totalNs === 0 ? 0 : doneNs / totalNs;
    const elapsedNs = (performance.now() - startedMs) * 1e6;
    const leftNs = share > 0.05 ? (elapsedNs * (1 - share)) / share : totalNs - elapsedNs;
    const eta = `ETA ${formatDurationNs(Math.ceil(Math.max(0, leftNs) / 1e9) * 1e9)}`;
    const what = [part?.name, progress.label].filter((text) => text !== undefined && text !== '').join(': ');
    return `${String(Math.round(share * 100)).padStart(3)}%  ${eta}  ${what}`;
  }

  const draw = live
    ? (): void => void stream.write(`\r\u001b[2K${line().slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`)
    : (): void => void stream.write(`${line()}\n`);
  const timer = setInterval(draw, live ? frameMs : plainLineMs);
  timer.unref();
  return {
    update: (latest) => {
      progress = latest;
    },
    next: () => {
      index += 1;
      progress = { done: 0, label: '' };
      if (live) draw();
    },
    end: () => {
      clearInterval(timer);
      if (live) stream.write('\r\u001b[2K');
    },
  };
}
