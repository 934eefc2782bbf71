import { createLoadingCache, createMultiLevelCache } from '../../components/cache/index.ts';
import type { Level, LoadingCacheOptions } from '../../components/cache/index.ts';
import type { ChatAnswer } from './chat-answer.ts';

/** Answers by the words of their questions. Those without the module service's part are not kept: the next one who asks may find it well. */
export interface AnswerCache {
  /** `load` is called when nobody has the answer; all who ask meanwhile share it. */
  readonly fetch: (
    key: string,
    load: (signal: AbortSignal) => Promise<ChatAnswer>,
    signal?: AbortSignal,
  ) => Promise<ChatAnswer>;
  readonly stats: () => CacheTotals;
}

/** Since the start, but for the entries: those are now. */
export interface CacheTotals {
  readonly hits: number;
  readonly misses: number;
  /** 0 before the first look-up. */
  readonly hitRatio: number;
  /** null: not known, as of a cascade. */
  readonly entries: number | null;
}

/** In the memory of this process. */
export function createOwnAnswers(options: LoadingCacheOptions<string, ChatAnswer>): AnswerCache {
  const cache = createLoadingCache<string, ChatAnswer>(options);
  return {
    async fetch(key, load, signal) {
      const answer = await cache.fetch(
        key,
        (_key, context) => load(context.signal),
        signal === undefined ? {} : { signal },
      );
      if (answer.degraded) cache.delete(key);
      return answer;
    },
    stats: () => cache.stats(),
  };
}

export interface SharedAnswersOptions {
  /** In memory. */
  readonly max: number;
  readonly ttlMs: number;
  /** Below memory, for several processes. When it fails, memory and `load` answer. */
  readonly level: Level<ChatAnswer>;
  readonly now: () => number;
}

/** In memory, and below it in a level that other processes share. */
export function createSharedAnswers({ max, ttlMs, level, now }: SharedAnswersOptions): AnswerCache {
  const cache = createMultiLevelCache<ChatAnswer>({ l1: { max }, levels: [level], ttl: ttlMs, now });
  return {
    async fetch(key, load, signal) {
      try {
        const answer = await cache.getOrSet(
          key,
          async (_key, context) => {
            const loaded = await load(context.signal);
            // What is thrown is not kept, in no level.
            if (loaded.degraded) throw new DegradedAnswerError(loaded);
            return loaded;
          },
          signal === undefined ? {} : { signal },
        );
        if (answer === undefined) throw new Error('Expected an answer to every question');
        return answer;
      } catch (error) {
        if (error instanceof DegradedAnswerError) return error.answer;
        throw error;
      }
    },
    stats: () => {
      const { hits, misses, hitRatio } = cache.stats();
      return { hits, misses, hitRatio, entries: null };
    },
  };
}

class DegradedAnswerError extends Error {
  readonly answer: ChatAnswer;

  constructor(answer: ChatAnswer) {
    super('the answer is without the part of the module service');
    this.name = 'DegradedAnswerError';
    this.answer = answer;
  }
}
