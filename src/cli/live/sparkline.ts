/** Height steps, lowest first; a locale without UTF-8 gets the plain ones. */
const blocks = { unicode: '▁▂▃▄▅▆▇█', ascii: '_.-:=+*#' } as const;

/**
 * The values as a row of bars, the newest at the right, the highest full; at most `columns` of them. Zero and up;
 * a gap (null) is a space.
 */
export function sparkline(values: readonly (number | null)[], columns: number, unicode: boolean): string {
  const shown = columns < 1 ? [] : values.slice(-columns);
  const steps = unicode ? blocks.unicode : blocks.ascii;
  const highest = shown.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  return shown
    .map((value) => {
      if (value === null) return ' ';
      const step = highest === 0 ? 0 : Math.round((value / highest) * (steps.length - 1));
      return steps[step] ?? ' ';
    })
    .join('');
}
