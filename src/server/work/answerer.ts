import { createVectorIndex, quantize } from '../../components/vector/index.ts';
import type { Corpus } from './corpus.ts';
import { createManyTextsEncoder, encodedDimensions, encodeText } from './encode-text.ts';

/** What the corpus says to a question. */
export interface Answer {
  /** The sentences nearest to the question. */
  readonly text: string;
  readonly topic: string;
  /** Passages that it was taken from, and how like the question they are (cosine). */
  readonly sources: readonly { readonly passage: number; readonly likeness: number }[];
}

export interface Answerer {
  /** Encodes the question, compares it with every passage, then with the sentences of the best. Some milliseconds of CPU. */
  readonly answer: (question: string) => Answer;
}

const bestPassages = 12;
const bestSentences = 3;

/** Encodes the corpus, some tens of milliseconds for 4,000 passages, and answers from it. */
export function createAnswerer(corpus: Corpus): Answerer {
  const { passages, topics } = corpus;
  const vectors = new Float32Array(passages.length * encodedDimensions);
  const encode = createManyTextsEncoder();
  for (const [index, { sentences }] of passages.entries()) {
    vectors.set(encode(sentences.join(' ')), index * encodedDimensions);
  }
  const index = createVectorIndex(quantize(vectors, { dimensions: encodedDimensions }));
  return {
    answer(question) {
      const query = encodeText(question);
      const found = index.search(query, bestPassages);
      const sentences = found
        .flatMap(({ index: passage }) => passages[passage]?.sentences ?? [])
        .map((text) => ({ text, likeness: likeness(query, encodeText(text)) }))
        .toSorted((a, b) => b.likeness - a.likeness)
        .slice(0, bestSentences);
      const topic = passages[found[0]?.index ?? 0]?.topic ?? 0;
      return {
        text: sentences.map(({ text }) => text).join(' '),
        topic: topics[topic]?.name ?? '',
        sources: found
          .slice(0, bestSentences)
          .map(({ index: passage, value }) => ({ passage, likeness: rounded(value) })),
      };
    },
  };
}

/** Of two vectors of length 1: the cosine of their angle. */
export function likeness(a: Float32Array, b: Float32Array): number {
  // hot path
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
