/** The regular expression in `/json/i`, with its flag as `(?i)`; null for a text that is no pattern. */
export function readPattern(value: string): string | null {
  const match = /^\/(.+)\/(i?)$/s.exec(value);
  return match === null ? null : `${match[2] === 'i' ? '(?i)' : ''}${match[1] ?? ''}`;
}
