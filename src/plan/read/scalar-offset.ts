/**
 * From a place in a YAML scalar's value to the place in its source text (both 0-based), so that a caret stands under
 * the fault and not under the opening quote. Exact for plain and quoted scalars on one line and for `|` and `>`
 * blocks of one line; on longer ones the start of the text, which is at least a line of it.
 */
export function scalarOffset(type: string | null | undefined, source: string, offset: number): number {
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return blockOffset(source, offset);
  if (source.trimEnd().includes('\n')) return 0;
  if (type === 'QUOTE_DOUBLE') return quotedOffset(source, offset, doubleQuotedStep);
  if (type === 'QUOTE_SINGLE') return quotedOffset(source, offset, (at) => (source[at] === "'" ? 2 : 1));
  return Math.min(offset, source.length);
}

function blockOffset(source: string, offset: number): number {
  const header = source.indexOf('\n') + 1;
  const body = source.slice(header);
  const start = header + body.search(/\S/);
  const oneLine = !body.trim().includes('\n');
  return oneLine ? Math.min(start + offset, source.length) : Math.max(start, 0);
}

function quotedOffset(source: string, offset: number, step: (at: number, source: string) => number): number {
  let at = 1;
  for (let value = 0; value < offset && at < source.length; value++) at += step(at, source);
  return Math.min(at, source.length);
}

/** Source characters of one value character; escapes are those of YAML 1.2, section 5.7. */
function doubleQuotedStep(at: number, source: string): number {
  if (source[at] !== '\\') return 1;
  const digits = { x: 2, u: 4, U: 8 }[source[at + 1] ?? ''] ?? 0;
  return 2 + digits;
}
