import type { Answerer } from './answerer.ts';
import type { Corpus } from './corpus.ts';

/** What one uncached answer costs, in milliseconds of one thread. */
export interface WorkCost {
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly answers: number;
}

/** Answers given before the clock counts: code that V8 has not compiled yet is several times slower. */
const warmUpAnswers = 40;

/** Answers seeded questions that no client asks (negative numbers), one after the other, and times each. */
export function measureWork(
  corpus: Corpus,
  { answer }: Answerer,
  nowMs: () => number,
  answers = 40,
): WorkCost {
  for (let index = 1; index <= warmUpAnswers; index++) answer(corpus.question(-index));
  const timesMs = Array.from({ length: answers }, (_, index) => {
    const question = corpus.question(-1 - warmUpAnswers - index);
    const startMs = nowMs();
    answer(question);
    return nowMs() - startMs;
  }).toSorted((a, b) => a - b);
  const at = (part: number): number => timesMs[Math.min(answers - 1, Math.floor(part * answers))] ?? 0;
  return { medianMs: at(0.5), p90Ms: at(0.9), answers };
}
