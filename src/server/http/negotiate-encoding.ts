/** Content encodings that replies are sent in, the one that saves most for its time first. */
export const encodings = ['zstd', 'br', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

/** The encoding that an Accept-Encoding header (RFC 9110, 12.5.3) likes best; null: send it as it is. */
export function negotiateEncoding(header: string | undefined): Encoding | null {
  if (header === undefined || header.length > 1_000) return null;
  const weights = new Map<string, number>();
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';');
    weights.set(name.trim().toLowerCase(), weightOf(parameters));
  }
  const anyWeight = weights.get('*') ?? 0;
  const weightFor = (encoding: Encoding): number => weights.get(encoding) ?? anyWeight;
  let best: Encoding | null = null;
  // Of equal weights the first stays.
  for (const encoding of encodings) {
    if (weightFor(encoding) > (best === null ? 0 : weightFor(best))) best = encoding;
  }
  return best;
}

function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [, value] = /^\s*q=(\d(?:\.\d{1,3})?)\s*$/i.exec(parameter) ?? [];
    if (value !== undefined) return Math.min(1, Number(value));
  }
  return 1;
}
