import { LogEncoder } from './log-encoder.ts';
import { LogFile } from './log-file.ts';
import { logFormat } from './log-format.ts';
import type { Interval } from '../../model/interval.ts';
import type { Plan } from '../../model/plan.ts';
import type { RunEnd, RunHeader } from '../measured.ts';
import type { LogFileOptions } from './log-file.ts';

/** Where a run's log goes. */
export interface RunLogOptions extends LogFileOptions {
  readonly file: string;
  /** When the command started that the run is part of (ISO 8601, UTC). */
  readonly command: string;
}

/** Keeps every interval as soon as it is over, so that a killed run can be told of (read-log.ts). */
export interface RunLog {
  readonly add: (interval: Interval) => void;
  /** Say how the run ended. */
  readonly end: (end: RunEnd) => void;
  /** Resolves when everything is on the disk; never rejects. */
  readonly close: () => Promise<void>;
}

/** The file is made with the first interval: a run that never started leaves none. */
export function createRunLog(
  plan: Plan,
  header: RunHeader,
  options: RunLogOptions,
  redact: (text: string) => string,
): RunLog {
  const file = new LogFile(options.file, options);
  const encoder = new LogEncoder(redact);
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    const targets = plan.targets.map(({ id, expr, source, severity, line }) => ({
      id,
      expr,
      source,
      severity,
      line,
    }));
    file.append(encoder.head({ log: logFormat, command: options.command, ...header, targets }));
  };
  return {
    add: (interval) => {
      begin();
      file.append(encoder.interval(interval));
    },
    end: (end) => {
      if (begun) file.append(encoder.end(end));
    },
    close: () => file.close(),
  };
}
