import { createRandom } from '../../measure/random.ts';
import { createZipf } from '../../measure/zipf.ts';
import type { Random } from '../../measure/random.ts';
import { commonWords, makeWord } from './words.ts';

/** A passage of text about one topic. */
interface Passage {
  readonly topic: number;
  readonly sentences: readonly string[];
}

/** What questions are answered from. The same seed and size give the same text on every machine. */
export interface Corpus {
  readonly seed: number;
  readonly topics: readonly Topic[];
  readonly passages: readonly Passage[];
  /** A question about the topic; equal numbers give equal questions. */
  readonly question: (number: number) => string;
}

/** Words that passages about it use and others do not. */
interface Topic {
  readonly name: string;
  readonly words: readonly string[];
}

const topicCount = 64;
const wordsPerTopic = 24;
const sentencesPerPassage = 5;
/** Part of the words that belong to the topic; the others are those of everyday text. */
const topicShare = 0.35;

/** `passages` of five sentences over 64 topics; word frequencies follow Zipf's law. */
export function createCorpus(seed: number, passages: number): Corpus {
  const random = createRandom(seed).fork('corpus');
  const topics = Array.from({ length: topicCount }, (): Topic => {
    const words = Array.from({ length: wordsPerTopic }, () => makeWord(random));
    return { name: words[0] ?? '', words };
  });
  const common = createZipf(commonWords.length, 1, random);
  const writers = topics.map(({ words }) => createWriter(words, common, random));
  return {
    seed,
    topics,
    passages: Array.from({ length: passages }, (_, index): Passage => {
      const topic = index % topicCount;
      const write = writers[topic] ?? (() => '');
      return { topic, sentences: Array.from({ length: sentencesPerPassage }, write) };
    }),
    question: (number) => askAbout(topics, seed, number),
  };
}

/** Writes sentences of 8 to 15 words. */
function createWriter(topicWords: readonly string[], common: () => number, random: Random): () => string {
  const own = createZipf(topicWords.length, 0.7, random);
  return () => {
    const words = Array.from({ length: 8 + random.int(8) }, () =>
      random.next() < topicShare ? (topicWords[own() - 1] ?? '') : (commonWords[common() - 1] ?? ''),
    );
    const text = words.join(' ');
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  };
}

function askAbout(topics: readonly Topic[], seed: number, number: number): string {
  const random = createRandom(seed).fork(`question ${number}`);
  const { words } = topics[random.int(topics.length)] ?? { words: [] };
  const pick = (): string => words[random.int(words.length)] ?? '';
  const common = (): string => commonWords[random.int(commonWords.length)] ?? '';
  return `What ${common()} does the ${pick()} of ${pick()} have with ${pick()} and ${pick()}, number ${number}?`;
}
