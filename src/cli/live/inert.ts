/** Escape sequences as a whole (ECMA-48), then control, format and separator characters, lone surrogates too. */
const unprintable = new RegExp(
  [
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?`,
    String.raw`[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+`,
  ].join('|'),
  'gu',
);

/** Text of a server, a module or a file as one short line that cannot move the cursor, ring, colour or hide anything. */
export function inert(text: string, maxLength = 200): string {
  const clean = text
    .slice(0, maxLength * 10)
    .replace(unprintable, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}
