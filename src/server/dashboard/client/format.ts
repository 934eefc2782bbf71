const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** No value: nothing happened that it could be told from. */
const none = '–';
/** Keeps a number and its unit in one line. */
const space = '\u00a0';

export type Format = (value: number | null) => string;

export const formatCount: Format = (value) => (value === null ? none : whole.format(value));

export const formatRatio: Format = (value) =>
  value === null ? none : `${oneDecimal.format(value * 100)}${space}%`;

export const formatMs: Format = (value) => {
  if (value === null) return none;
  return `${short(value)}${space}ms`;
};

export const formatRate: Format = (value) => (value === null ? none : `${short(value)}/s`);

function short(value: number): string {
  return (value === 0 || value >= 100 ? whole : oneDecimal).format(value);
}

/** Hours, minutes and seconds. `atMs`: since 1970. */
export function formatTime(atMs: number): string {
  return clock.format(atMs);
}
