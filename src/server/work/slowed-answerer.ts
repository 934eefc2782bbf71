import type { Answerer } from './answerer.ts';

/** Computes each answer `times` times: what a machine that is so much slower would take, in CPU and not in waiting. */
export function slowedAnswerer(answerer: Answerer, times: number): Answerer {
  if (times <= 1) return answerer;
  return {
    answer(question) {
      for (let extra = 1; extra < times; extra++) answerer.answer(question);
      return answerer.answer(question);
    },
  };
}
