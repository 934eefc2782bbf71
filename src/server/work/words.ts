import type { Random } from '../../measure/random.ts';

/** Everyday words, the most frequent first. */
export const commonWords: readonly string[] = (
  'the to and a of in is that for it with on as was at this be are not but when from by have they has you one or had ' +
  'all more will about which if can their time so what each how would like there into up out them then she many some ' +
  'these two may other than been who its now he people my made over did down only way find use water long little very ' +
  'after words just where most know morning evening project answer question meeting summary detail message style ' +
  'short friendly example memory request travel family music garden schedule weather letter window river village'
).split(' ');

/** Words that say nothing of what a text is about. */
export const stopWords: ReadonlySet<string> = new Set(commonWords.slice(0, 64));

const openings = [
  'ta',
  'mer',
  'con',
  'pro',
  'in',
  'ex',
  'dis',
  'over',
  'un',
  're',
  'sub',
  'inter',
  'al',
  'vo',
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
  'rec',
];
const endings = [
  'tion',
  'ed',
  'ing',
  'ment',
  'ly',
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

/** A word that looks like one, of three or four syllables. */
export function makeWord(random: Random): string {
  const syllable = (list: readonly string[]): string => list[random.int(list.length)] ?? '';
  const middle = random.int(2) === 0 ? syllable(middles) : syllable(middles) + syllable(middles);
  return syllable(openings) + middle + syllable(endings);
}
