/**
 * Text that came from a server, a module or a result file is data: it must not move the cursor, ring, colour,
 * break a table, or mention anybody. These make it so.
 */

const maxLength = 300;

/** Control, format and bidirectional characters, whole escape sequences first (ECMA-48; Unicode Cc, Cf, Cs). */
const unprintable = new RegExp(
  [
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?`,
    String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029]+`,
  ].join('|'),
  'gu',
);

/**
 * What the runners of GitHub, Azure and TeamCity take for a command in what a step prints: `##[error]`, `##vso[...]`
 * and `##teamcity[...]` anywhere in a line, `::error::` at the start of one (actions/runner, ActionCommand.cs).
 */
const runnerCommand = /##(?=\w*\[)|^::(?=.*::)/g;

/** One line, printable, at most 300 characters, and no command to a CI runner. */
export function plain(text: string): string {
  const clean = text
    .slice(0, 10_000)
    .replace(unprintable, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(runnerCommand, (command) => command.split('').join(' '));
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 3).toWellFormed()}...` : clean;
}

/** Inert inside markdown, in a table cell too: no HTML, no links, no mentions, no workflow commands. */
export function markdownText(text: string): string {
  return plain(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]|~#]/g, '\\$&')
    .replace(references, '$&&#8203;')
    .replace(/::/g, '&#58;&#58;')
    .replace(/(https?|ftp):(?=\/\/)/gi, '$1&#58;&#8203;')
    .replace(/www\./gi, 'www&#46;&#8203;');
}

/**
 * What GitHub and GitLab link after rendering, where a character reference no longer hides it: a space of no width
 * takes it apart. A mention, an issue (`#1`), and GitLab's merge request (`!1`), snippet (`$1`) and milestone (`%1`).
 */
const references = /@|[#!$%](?=\d)/g;

/** Inert inside an HTML element of a markdown file. */
export function htmlText(text: string): string {
  return plain(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(references, '$&&#8203;')
    .replace(/:(?=\/\/)/g, '&#58;&#8203;')
    .replace(/::/g, '&#58;&#58;')
    .replace(/www\./gi, 'www&#46;&#8203;')
    .replace(/['[\]`*_|\\]/g, (character) => `&#${character.charCodeAt(0)};`);
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
