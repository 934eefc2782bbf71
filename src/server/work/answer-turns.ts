import type { Answer, Answerer } from './answerer.ts';

/** Answers in turn. */
export interface AnswerTurns {
  /** Rejects with the signal's reason when it is aborted before the turn has come. */
  readonly answer: (question: string, signal?: AbortSignal) => Promise<Answer>;
}

export interface AnswerTurnsOptions {
  readonly now: () => number;
  /** Calls back in the next turn of the event loop. */
  readonly nextTurn: (callback: () => void) => void;
  /** Time until something that must be on time, in milliseconds; Infinity when there is nothing. @default nothing */
  readonly msToUrgent?: () => number;
}

interface Waiting {
  readonly question: string;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** No answer waits longer than that for what is urgent: of the 17 ms between two frames enough are left to begin some. */
const longestHoldMs = 8;
/** A long answer is expected to be followed by such ones, the less so the more others have come since. */
const forgetting = 0.9;

/**
 * One answer in a turn of the event loop, so that what else is due comes in between: each takes a millisecond or more of
 * CPU, and those that came in together would hold everything up for their sum. None begins shortly before something urgent
 * that it would make late.
 */
export function createAnswerTurns(
  { answer }: Answerer,
  { now, nextTurn, msToUrgent = () => Infinity }: AnswerTurnsOptions,
): AnswerTurns {
  const waiting = new Set<Waiting>();
  let isComing = false;
  /** What an answer may take, as the last ones did. */
  let expectedMs = 1;

  const comeAgain = (): void => {
    if (isComing || waiting.size === 0) return;
    isComing = true;
    nextTurn(turn);
  };
  const turn = (): void => {
    isComing = false;
    if (msToUrgent() >= Math.min(longestHoldMs, expectedMs)) answerNext();
    comeAgain();
  };
  const answerNext = (): void => {
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    const { question, signal, resolve, reject } = next;
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const startMs = now();
    try {
      resolve(answer(question));
    } catch (error) {
      reject(error);
    }
    expectedMs = Math.max(now() - startMs, expectedMs * forgetting);
  };
  return {
    answer: (question, signal) =>
      new Promise((resolve, reject) => {
        waiting.add({ question, signal, resolve, reject });
        comeAgain();
      }),
  };
}
