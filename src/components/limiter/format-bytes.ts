const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** "512 B", "1.5 KiB", "-3.25 MiB": powers of 1024, at most three digits that count. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return `${bytes} B`;
  let scaled = Math.abs(bytes);
  let unit = 0;
  // Three digits: 1,000 B and more would need a fourth.
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${Math.sign(bytes) < 0 ? '-' : ''}${Number(scaled.toPrecision(3))} ${units[unit]}`;
}

/** "12.3%" of a ratio of 0.123. */
export function formatPercentage(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))}%`;
}
