import type { TaskContext } from '../../components/pool/index.ts';
import { createAnswerer, likeness } from '../work/answerer.ts';
import type { Answer, Answerer } from '../work/answerer.ts';
import { createCorpus } from '../work/corpus.ts';
import { encodeText } from '../work/encode-text.ts';

/** The data that a worker makes its corpus of. */
export interface JobData {
  readonly seed: number;
  readonly passages: number;
}

/** Two of the texts given, and how like each other they are. */
export interface LikePair {
  readonly first: number;
  readonly second: number;
  readonly likeness: number;
}

const bestPairs = 10;
let answerer: Answerer | null = null;

/** Task: the answer to a question, from a corpus that is made when the first one comes. */
export function answerQuestion(question: string, { data }: Pick<TaskContext, 'data'>): Answer {
  if (answerer === null) {
    if (!isJobData(data)) throw new TypeError('Expected the seed and size of the corpus');
    answerer = createAnswerer(createCorpus(data.seed, data.passages));
  }
  return answerer.answer(question);
}

/** Task: the pairs of texts that are most alike, by comparing all. O(texts^2). */
export function findLikePairs(texts: readonly string[]): LikePair[] {
  const vectors = texts.map(encodeText);
  const pairs: LikePair[] = [];
  for (const [first, vector] of vectors.entries()) {
    for (let second = first + 1; second < vectors.length; second++) {
      const other = vectors[second];
      if (other !== undefined) pairs.push({ first, second, likeness: likeness(vector, other) });
    }
    // Kept short as it grows: of 1,000 texts there are half a million pairs.
    if (pairs.length > 10_000) pairs.splice(0, pairs.length, ...best(pairs));
  }
  return best(pairs);
}

function best(pairs: readonly LikePair[]): LikePair[] {
  return pairs.toSorted((a, b) => b.likeness - a.likeness).slice(0, bestPairs);
}

function isJobData(data: unknown): data is JobData {
  return typeof data === 'object' && data !== null && 'seed' in data && 'passages' in data;
}
