import { formatDurationNs, formatRatio, formatValue } from '../model/units.ts';
import { inert } from './live/inert.ts';
import type { CapacityContext, CapacityStep } from '../index.ts';

export interface CapacityProgress {
  /** A subject's search begins. */
  readonly searching: (subject: string) => void;
  readonly starting: NonNullable<CapacityContext['starting']>;
  readonly stepped: (step: CapacityStep) => void;
  /** Leave the terminal as it was. */
  readonly end: () => void;
}

/** A line on stderr for every step; at a terminal also what is being run, which the step's own line replaces. */
export function createCapacityProgress(stream: NodeJS.WriteStream, quiet: boolean): CapacityProgress {
  if (quiet)
    return {
      searching: () => undefined,
      starting: () => undefined,
      stepped: () => undefined,
      end: () => undefined,
    };
  const live = stream.isTTY && (process.env['CI'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  const clear = (): void => void (live && stream.write('\r\u001b[2K'));
  let number = 0;
  return {
    searching: (subject) => {
      clear();
      stream.write(`subject ${inert(subject)}\n`);
    },
    starting: ({ kind, attempt, ratePerSecond }, forNs) => {
      number++;
      if (!live) return;
      const again = attempt > 1 ? ' once more' : '';
      clear();
      stream.write(
        `${number}: ${kind === 'soak' ? 'soak at ' : ''}${formatValue(ratePerSecond, 'count', true)} for ${formatDurationNs(forNs)}${again} ...`,
      );
    },
    stepped: (step) => {
      clear();
      stream.write(`${lineOf(step, number)}\n`);
    },
    end: clear,
  };
}

const words = { pass: 'holds', fail: 'fails', invalid: 'is invalid' } as const;

function lineOf(
  { kind, ratePerSecond, latency, errorRate, outcome, reasons }: CapacityStep,
  number: number,
): string {
  const rate = formatValue(ratePerSecond, 'count', true);
  const p99 = latency === null ? '' : `, p99 ${formatDurationNs(latency.p99)}`;
  const errors = errorRate > 0 ? `, errors ${formatRatio(errorRate)}` : '';
  const why = outcome === 'pass' ? '' : `: ${(reasons[0] ?? '').slice(0, 200)}`;
  return `${String(number).padStart(2)}: ${kind === 'soak' ? 'soak at ' : ''}${rate} ${words[outcome]}${p99}${errors}${why}`;
}
