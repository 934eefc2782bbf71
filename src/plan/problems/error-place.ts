import { pathToFileURL } from 'node:url';

/** The first place of a file in an error's stack, 1-based; null when the stack does not name it. */
export function errorPlace(error: unknown, absolute: string): { line: number; column: number } | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const name of [pathToFileURL(absolute).href, absolute]) {
    const at = stack.indexOf(`${name}:`);
    if (at === -1) continue;
    const match = /^(\d+)(?::(\d+))?/.exec(stack.slice(at + name.length + 1));
    if (match !== null) return { line: Number(match[1]), column: Number(match[2] ?? 1) };
  }
  return null;
}
