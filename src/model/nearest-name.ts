/** The known word that `word` is most likely a slip of; null when none is near. Case does not count. */
export function nearest(word: string, known: readonly string[]): string | null {
  const wanted = word.slice(0, maxChars).toLowerCase();
  // One slip in three letters, and never all of them: `f` is not a slip of `a`.
  let best: string | null = null;
  let bestDistance = Math.min(wanted.length - 1, Math.max(1, Math.floor(wanted.length / 3))) + 1;
  for (const name of known) {
    const distance = editDistance(wanted, name.slice(0, maxChars).toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

const maxChars = 64;

/** Edits from a to b: insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replace, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** At most three of `names`, best first: near in spelling, or with most of their words (between `_`) in common. */
export function namesLike(
  word: string,
  names: readonly string[],
  spellingOf: (name: string) => string = (name) => name,
): string[] {
  const wanted = wordsOf(word);
  const near = nearest(word, names.map(spellingOf));
  return names
    .map((name) => ({
      name,
      alike: spellingOf(name) === near ? 2 : shared(wanted, wordsOf(spellingOf(name))),
    }))
    .filter(({ alike }) => alike >= fewestShared)
    .toSorted((a, b) => b.alike - a.alike)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Of the words of both names, so many are in both. */
const fewestShared = 0.5;

function wordsOf(name: string): ReadonlySet<string> {
  return new Set(
    name
      .slice(0, 200)
      .toLowerCase()
      .split(/[_:.]+/),
  );
}

/** Dice's coefficient. */
function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length;
  return (2 * both) / (a.size + b.size);
}
