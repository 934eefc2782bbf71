type LogLevel = 'info' | 'warn' | 'error';

/** Something that whoever runs the server may want to know of. */
export interface LogEvent {
  readonly level: LogLevel;
  /** What happened, in a word that stays the same: `alert_raised`. */
  readonly event: string;
  /** The same for people, with its figures. */
  readonly message: string;
  /** For machines. No secrets. */
  readonly fields?: Readonly<Record<string, LogValue>>;
}

export type LogValue = string | number | boolean | null;

export type RecordEvent = (event: LogEvent) => void;

/** How events are written: for people, or each as a line of JSON. */
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];
