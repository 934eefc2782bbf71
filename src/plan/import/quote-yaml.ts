/**
 * A text as a YAML scalar: plain where that is safe, else in double quotes with every character escaped that is not
 * plain text. The result never holds what the scenario reader counts as nesting: an unbalanced bracket, or a long row
 * of dashes.
 */
export function quoteYaml(text: string): string {
  if (/^[A-Za-z/][\w/.-]*$/.test(text) && !reserved.has(text.toLowerCase())) return text;
  const quoted = JSON.stringify(text).replace(special, escapeChar);
  const dashed = /(?:[-?] ){8}/.test(quoted) ? quoted.replace(/[-?](?= )/g, escapeChar) : quoted;
  return isBalanced(dashed) ? dashed : dashed.replace(/[[\]{}]/g, escapeChar);
}

const reserved: ReadonlySet<string> = new Set(['null', 'true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']);
/** Control and format characters, separators, and what is not assigned to a character. */
const special = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u00a0\ufffd]/gu;

function escapeChar(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    if (depth < 0 || depth > 12) return false;
  }
  return depth === 0;
}
