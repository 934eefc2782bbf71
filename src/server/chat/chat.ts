import { createLoadingCache } from '../../components/cache/index.ts';
import type { Level, LoadingCache } from '../../components/cache/index.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { ConversationState, Conversations } from '../data/conversations.ts';
import type { Ports } from '../ports.ts';
import { createPurgeTimers } from '../purge-timers.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Answer } from '../work/answerer.ts';
import { wordsOf } from '../work/encode-text.ts';
import { createOwnAnswers, createSharedAnswers } from './answer-cache.ts';
import type { AnswerCache, CacheTotals } from './answer-cache.ts';
import type { ChatAnswer } from './chat-answer.ts';

interface ChatReply extends ChatAnswer {
  readonly conversation: string;
  /** Messages in the conversation so far. */
  readonly messages: number;
  readonly cached: boolean;
}

export interface Chat {
  /** Answers, and resolves when question, answer and new state are committed. Rejects when they cannot be. */
  readonly ask: (conversation: string, question: string, signal?: AbortSignal) => Promise<ChatReply>;
  /** At most `stateTtlMs` old; null for a conversation in which nothing was said. */
  readonly state: (conversation: string) => Promise<ConversationState | null>;
  /** By cache; empty without caches. */
  readonly stats: () => Readonly<Record<string, CacheTotals>>;
}

interface ChatParts {
  readonly answerer: {
    readonly answer: (question: string, signal?: AbortSignal) => Answer | Promise<Answer>;
  };
  readonly upstream: Pick<Upstream, 'call'>;
  readonly conversations: Conversations;
  /** Below the memory of the answers, when several processes share one. */
  readonly sharedAnswers?: Level<ChatAnswer> | null;
}

type ChatConfig = Pick<
  ServerConfig,
  'cache' | 'maxCacheSize' | 'messageTtlMs' | 'moduleTtlMs' | 'stateTtlMs' | 'cacheCleanupMs'
>;

export function createChat(
  { answerer, upstream, conversations, sharedAnswers = null }: ChatParts,
  config: ChatConfig,
  ports: Ports,
): Chat {
  const caches = config.cache ? createCaches(config, ports, sharedAnswers) : null;

  const askModule = async (topic: string, signal?: AbortSignal): Promise<unknown> => {
    const load = (stop?: AbortSignal): Promise<unknown> => upstream.call(`/topics/${topic}`, stop);
    const options = signal === undefined ? {} : { signal };
    const reply =
      caches === null
        ? await load(signal)
        : await caches.modules.fetch(topic, (_key, context) => load(context.signal), options);
    return reply ?? null;
  };
  const answerAnew = async (question: string, signal?: AbortSignal): Promise<ChatAnswer> => {
    const answer = await answerer.answer(question, signal);
    try {
      return { ...answer, module: await askModule(answer.topic, signal), degraded: false };
    } catch (error) {
      if (signal?.aborted === true) throw error;
      // The corpus has answered: an answer without the module's part is better than none.
      return { ...answer, module: null, degraded: true };
    }
  };
  const answerOf = async (
    question: string,
    signal?: AbortSignal,
  ): Promise<ChatAnswer & { cached: boolean }> => {
    if (caches === null) return { ...(await answerAnew(question, signal)), cached: false };
    // Questions that differ in case, accents or punctuation only have one answer.
    const key = wordsOf(question).join(' ');
    let cached = true;
    const answer = await caches.messages.fetch(
      key,
      (stop) => {
        cached = false;
        return answerAnew(question, stop);
      },
      signal,
    );
    return { ...answer, cached };
  };
  return {
    async ask(conversation, question, signal) {
      const { cached, ...answer } = await answerOf(question, signal);
      const state = await conversations.add({
        conversation,
        question,
        answer: answer.text,
        topic: answer.topic,
        atMs: ports.today(),
      });
      caches?.states.set(conversation, state);
      return { conversation, messages: state.messages, ...answer, cached };
    },
    state: async (conversation) =>
      caches === null
        ? conversations.state(conversation)
        : caches.states.fetch(conversation, () => conversations.state(conversation)),
    stats: () =>
      caches === null
        ? {}
        : {
            messages: caches.messages.stats(),
            modules: caches.modules.stats(),
            states: caches.states.stats(),
          },
  };
}

/** A service that failed is not asked again for so long: each attempt may wait for time-outs and retries. */
const moduleFailureMs = 1_000;

interface Caches {
  readonly messages: AnswerCache;
  readonly modules: LoadingCache<string, unknown>;
  readonly states: LoadingCache<string, ConversationState | null>;
}

function createCaches(
  config: ChatConfig,
  { now, timers }: Ports,
  sharedAnswers: Level<ChatAnswer> | null,
): Caches {
  const { maxCacheSize: max, messageTtlMs } = config;
  const common = {
    max,
    ttlAutopurge: true,
    timers: createPurgeTimers(timers, config.cacheCleanupMs),
    now,
  };
  return {
    messages:
      sharedAnswers === null
        ? createOwnAnswers({ ...common, ttl: messageTtlMs })
        : createSharedAnswers({ max, ttlMs: messageTtlMs, level: sharedAnswers, now }),
    modules: createLoadingCache({ ...common, ttl: config.moduleTtlMs, failureTtl: moduleFailureMs }),
    states: createLoadingCache({ ...common, ttl: config.stateTtlMs }),
  };
}
