import type { SeededRandom } from './scenario-context.ts';

/**
 * English words, the most frequent first, as a memory of conversations has them. Drawn by Zipf's law they give text
 * the redundancy of prose: see documents.ts for how it compares with a real book.
 */
const frequent =
  'the to and a of user in is that for it with on prefers as was at this be are not but when from by have they has ' +
  'you one or had all more will about which if can their time so asked what each how would like there into up out ' +
  'them then she many some these two may other than been who its now he people my made over did down only way find ' +
  'use water long little very after words just where most know';
const common =
  'morning evening coffee project deadline answer question meeting summary detail code function error message style ' +
  'short formal friendly examples language model memory pattern confidence previous session request response travel ' +
  'family music garden recipe schedule reminder exercise weather budget invoice customer document paragraph sentence ' +
  'translation keyboard database server network release version feature issue branch review comment design drawing ' +
  'photograph holiday birthday neighbour doctor medicine sleep dinner breakfast vegetarian allergy bicycle station ' +
  'airport ticket window mountain river village language grammar history science physics chemistry biology algebra';
const openings = [
  'ta',
  'mer',
  'con',
  'pro',
  'in',
  'ex',
  'dis',
  'over',
  'under',
  're',
  'sub',
  'inter',
  'al',
  'pre',
  'un',
];
const middles = [
  'li',
  'ver',
  'tor',
  'ma',
  'ten',
  'si',
  'du',
  'port',
  'spec',
  'form',
  'ca',
  'fer',
  'min',
  'ple',
  'rec',
];
const endings = [
  'tion',
  'ed',
  'ing',
  'ment',
  'ly',
  's',
  'able',
  'ness',
  'er',
  'ous',
  'al',
  'ive',
  'ity',
  'ance',
  'est',
];
/** Words of a rank beyond the two lists are built of syllables. */
const vocabularySize = 3_500;

/** Gives words by Zipf's law (exponent 1). */
export function createWords(random: SeededRandom): () => string {
  const vocabulary = `${frequent} ${common}`.split(' ');
  while (vocabulary.length < vocabularySize) {
    vocabulary.push(pick(openings, random) + pick(middles, random) + pick(endings, random));
  }
  const sums = new Float64Array(vocabulary.length);
  let sum = 0;
  for (let rank = 0; rank < sums.length; rank++) sums[rank] = sum += 1 / (rank + 1);
  return () => vocabulary[firstAbove(sums, random.next() * sum)] ?? '';
}

/** Index of the first of the rising sums that is above the value. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function pick<T>(items: readonly [T, ...T[]] | readonly T[], random: SeededRandom): T {
  const item = items[random.int(items.length)];
  if (item === undefined) throw new RangeError('Expected something to pick from, got an empty list');
  return item;
}
