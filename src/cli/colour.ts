type Level = 0 | 1 | 2 | 3;

/**
 * How many colours a stream gets: none off a terminal, with NO_COLOR (any non-empty value) or TERM=dumb;
 * FORCE_COLOR (0-3, or empty/true for 1) decides before all of these but an explicit NO_COLOR.
 */
export function colourLevel(
  stream: { readonly isTTY?: boolean; getColorDepth?(): number },
  env: NodeJS.ProcessEnv = process.env,
): Level {
  if ((env['NO_COLOR'] ?? '') !== '') return 0;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return forced(force);
  if (stream.isTTY !== true || env['TERM'] === 'dumb') return 0;
  const depth = stream.getColorDepth?.() ?? 4;
  return depth >= 24 ? 3 : depth >= 8 ? 2 : depth >= 4 ? 1 : 0;
}

function forced(value: string): Level {
  if (value === '0' || value === 'false') return 0;
  return value === '2' ? 2 : value === '3' ? 3 : 1;
}
