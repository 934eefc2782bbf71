import { PerfkitError } from '../../model/errors.ts';

/** A JSON text. Throws PerfkitError with line and column, and without the text around: it may hold secrets. */
export function parseJson(text: string, file: string, what: string): unknown {
  const plain = text.replace(/^\ufeff/, '');
  try {
    return JSON.parse(plain);
  } catch (error) {
    const before = plain.slice(0, faultOffset(plain, error)).split('\n');
    const place = `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new PerfkitError('scenario', `${place}: expected ${what}; this is where it stops being JSON`, {
      cause: error,
    });
  }
}

/** V8 tells the place of some mistakes only: words that JSON does not have, and signs that cannot follow each other, are looked for. */
function faultOffset(text: string, error: unknown): number {
  const told = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (told !== undefined) return Number(told);
  const word =
    /\s*([{}[\],:]|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
  let offset = 0;
  let before = '';
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    const sign = match[1]?.charAt(0) ?? '';
    if (wrongPairs.has(before + sign)) break;
    before = sign;
    offset = word.lastIndex;
  }
  return offset + (/^\s*/.exec(text.slice(offset, offset + 10_000))?.[0].length ?? 0);
}

const wrongPairs: ReadonlySet<string> = new Set([
  ',]',
  ',}',
  ',,',
  ',:',
  '[,',
  '[:',
  '[}',
  '{,',
  '{:',
  '{]',
  '{{',
  '{[',
  ':,',
  ':]',
  ':}',
  '::',
]);
