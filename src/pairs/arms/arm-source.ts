import { PerfkitError } from '../../model/errors.ts';

/** What a side of a comparison is made of. */
export type ArmSource =
  | { readonly kind: 'ref'; readonly ref: string }
  /** The commit at which two lines of development parted. */
  | { readonly kind: 'merge base'; readonly ref: string; readonly other: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string };

export interface ArmSources {
  readonly base: ArmSource;
  readonly head: ArmSource;
}

/** What `--base` and `--head` name: `npm:NAME@VERSION`, a folder (`.`, `../old`), or a git ref. Throws PerfkitError. */
export function parseArm(text: string, flag: string): ArmSource {
  if (text.startsWith('npm:')) return parsePackage(text, flag);
  if (text === '.' || text === '..' || /^(?:\.{0,2}[\\/]|[A-Za-z]:[\\/])/.test(text))
    return { kind: 'folder', path: text };
  return { kind: 'ref', ref: parseRef(text, flag) };
}

/** `A..B`: B against A. `A...B`: B against where it parted from A. An empty side is HEAD. Throws PerfkitError. */
export function parseRefs(text: string): ArmSources {
  const [, from, dots, to] = /^(.*?)(\.\.\.?)(.*)$/s.exec(text) ?? [];
  if (from === undefined || to === undefined || `${from}${to}` === '')
    throw new PerfkitError(
      'usage',
      `expected two git refs such as main..HEAD or main...HEAD after --refs, got ${shown(text)}`,
    );
  const ref = parseRef(from || 'HEAD', '--refs');
  const other = parseRef(to || 'HEAD', '--refs');
  const head = { kind: 'ref', ref: other } as const;
  return { base: dots === '...' ? { kind: 'merge base', ref, other } : { kind: 'ref', ref }, head };
}

/**
 * A name that git may be given: it can neither be an option nor hold what no name of a ref may hold (git
 * check-ref-format(1)), but for the marks of a revision: `HEAD~2`, `v1.0^{commit}`, `main@{yesterday}`.
 */
function parseRef(text: string, flag: string): string {
  const legal = /^[^-.\p{Cc}\s:?*[\\"'`$;&|<>()!#][^\p{Cc}\s:?*[\\"'`$;&|<>()!#]{0,250}$/u.test(text);
  if (legal && !text.includes('..')) return text;
  throw new PerfkitError(
    'usage',
    `expected a git ref such as main, v1.2.0 or HEAD~1 after ${flag}, a folder that begins with ./ or ../, or npm:NAME@VERSION, got ${shown(text)}`,
  );
}

/** Names as npm allows them (validate-npm-package-name), a version, range or tag without spaces. */
function parsePackage(text: string, flag: string): ArmSource {
  const [, name, version] =
    /^npm:((?:@[a-z\d~-][a-z\d._~-]{0,100}\/)?[a-z\d~][a-z\d._~-]{0,100})@([\dA-Za-z^~][\w.+~^-]{0,100})$/i.exec(
      text,
    ) ?? [];
  if (name !== undefined && version !== undefined) return { kind: 'package', name, version };
  throw new PerfkitError(
    'usage',
    `expected a package and its version such as npm:lru-cache@11.0.0 after ${flag}, got ${shown(text)}`,
  );
}

function shown(text: string): string {
  return JSON.stringify(text.replace(/\p{Cc}/gu, ' ').slice(0, 100));
}
