const steps = '▁▂▃▄▅▆▇█';
/** Values closer together than this share of their middle are drawn flat: noise is not to look like a mountain. */
const smallestSpan = 0.1;

/**
 * The newest `columns` values as a row of bars, the newest at the right, between the lowest and the highest of them.
 * Empty without values.
 */
export function trendLine(values: readonly number[], columns: number): string {
  const shown = values.slice(-columns);
  const low = Math.min(...shown);
  const high = Math.max(...shown);
  const middle = (low + high) / 2;
  const flat = high - low < smallestSpan * Math.abs(middle) || high === low;
  const span = flat ? smallestSpan * Math.abs(middle) || 1 : high - low;
  // of a flat row the middle is a step's middle, not the border of two
  const at = (value: number): number => (flat ? 3 : 3.5) + ((value - middle) / span) * 7;
  return shown.map((value) => steps[Math.round(at(value))] ?? '').join('');
}
