/**
 * Text that came from a server, a module or a result file is data: it must not move the cursor, ring, colour,
 * break a table, or mention anybody. These make it so.
 */

const maxLength = 300;

/** Control, format and bidirectional characters, whole escape sequences first (ECMA-48; Unicode Cc, Cf). */
const unprintable = new RegExp(
  [
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?`,
    String.raw`[\p{Cc}\p{Cf}\u2028\u2029]+`,
  ].join('|'),
  'gu',
);

/** One line, printable, at most 300 characters. */
export function plain(text: string): string {
  const clean = text.slice(0, 10_000).replace(unprintable, ' ').replace(/\s+/g, ' ').trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 3)}...` : clean;
}

/** Inert inside markdown, in a table cell too: no HTML, no links, no mentions, no workflow commands. */
export function markdownText(text: string): string {
  return plain(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]|~#]/g, '\\$&')
    .replace(/@/g, '&#64;')
    .replace(/::/g, '&#58;&#58;')
    .replace(/(https?|ftp):\/\//gi, '$1&#58;//')
    .replace(/www\./gi, 'www&#46;');
}

/** Code inside markdown, in a table cell too. */
export function markdownCode(text: string): string {
  const clean = plain(text);
  // in a table cell a code span cannot hold a backslash before a pipe: readers disagree on what it escapes
  if (clean.includes('\\|')) return markdownText(text);
  const code = clean.replace(/\|/g, '\\|');
  const longest = Math.max(0, ...Array.from(code.matchAll(/`+/g), (run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : '';
  return code === '' ? '' : `${fence}${pad}${code}${pad}${fence}`;
}
