import type { Answerer } from './answerer.ts';

/** An answerer that is made when it is needed. */
export interface LateAnswerer extends Answerer {
  /** Make it now, unless it is made already. */
  readonly prepare: () => void;
}

/** `create` is called once, by the first question or by `prepare`; it takes some 100 ms for 4,000 passages. */
export function createLateAnswerer(create: () => Answerer): LateAnswerer {
  let made: Answerer | null = null;
  const get = (): Answerer => (made ??= create());
  return { answer: (question) => get().answer(question), prepare: () => void get() };
}
