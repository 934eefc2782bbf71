import { monotonicMs, systemTimers } from '../components/internal/timers.ts';
import type { LogFormat, RecordEvent } from './monitoring/log-event.ts';
import { printLogEventAsJson, printLogEventAsText } from './monitoring/print-log-event.ts';
import type { Ports } from './ports.ts';

/** The real clocks and timers, and a log whose lines are given to `write`. */
export function systemPorts(write: (line: string) => void, format: LogFormat = 'text'): Required<Ports> {
  const today = (): number => Date.now();
  const record: RecordEvent = (event) =>
    write(format === 'json' ? printLogEventAsJson(event, today()) : printLogEventAsText(event));
  return {
    now: monotonicMs,
    timers: systemTimers,
    nextTurn: (callback) => void setImmediate(callback),
    today,
    record,
    log: (message) => record({ level: 'info', event: 'note', message }),
  };
}
