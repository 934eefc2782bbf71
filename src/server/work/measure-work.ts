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

export interface MeasureWorkPorts {
  readonly now: () => number;
  /** Calls back in the next turn of the event loop. @default at once */
  readonly nextTurn?: (callback: () => void) => void;
}

/** Answers seeded questions that no client asks (negative numbers), one in a turn of the event loop, and times each. */
export async function measureWork(
  corpus: Corpus,
  { answer }: Answerer,
  { now, nextTurn = (callback) => callback() }: MeasureWorkPorts,
  answers = 40,
): Promise<WorkCost> {
  const timesMs: number[] = [];
  for (let index = 1; index <= warmUpAnswers + answers; index++) {
    const question = corpus.question(-index);
    await new Promise<void>((resolve) => nextTurn(resolve));
    const startMs = now();
    answer(question);
    if (index > warmUpAnswers) timesMs.push(now() - startMs);
  }
  timesMs.sort((a, b) => a - b);
  const at = (part: number): number => timesMs[Math.min(answers - 1, Math.floor(part * answers))] ?? 0;
  return { medianMs: at(0.5), p90Ms: at(0.9), answers };
}
