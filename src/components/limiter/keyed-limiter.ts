import { callable, expected, positiveInteger } from '../internal/option-checks.ts';
import { monotonicMs } from '../internal/timers.ts';
import type { Consumption, KeyedOptions, RateLimiter } from './rate-limiter.ts';

/** The rule of one limiter, on the state it keeps for each key. */
export interface LimiterRule<S> {
  /** The most points that can ever be had at once. */
  readonly most: number;
  create(nowMs: number): S;
  /** Bring the state to the present. */
  update(state: S, nowMs: number): void;
  /** Points that could be taken now. */
  available(state: S): number;
  /** After `update`: when, from now, `points` will be available. */
  msUntil(state: S, points: number, nowMs: number): number;
  take(state: S, points: number, nowMs: number): void;
}

/** A rule for any number of keys, of which a bounded number is remembered. */
export function createKeyedLimiter<S>(rule: LimiterRule<S>, options: KeyedOptions): RateLimiter {
  const maxKeys = positiveInteger('maxKeys', options.maxKeys ?? 10_000);
  const now = callable('now', options.now ?? monotonicMs);
  // In order of use, the latest last.
  const states = new Map<string, S>();
  let [allowed, refused, forgottenEarly] = [0, 0, 0];

  const stateOf = (key: string, nowMs: number): S => {
    let state = states.get(key);
    if (state === undefined) {
      if (states.size >= maxKeys) forgetOldest(nowMs);
      state = rule.create(nowMs);
    } else states.delete(key);
    states.set(key, state);
    rule.update(state, nowMs);
    return state;
  };
  const forgetOldest = (nowMs: number): void => {
    for (const [key, state] of states) {
      rule.update(state, nowMs);
      if (rule.available(state) < rule.most) forgottenEarly++;
      states.delete(key);
      return;
    }
  };
  const answer = (state: S, points: number, nowMs: number): Consumption => {
    const ok = rule.available(state) >= points;
    return {
      allowed: ok,
      remaining: Math.floor(rule.available(state)),
      msBeforeNext: ok ? 0 : rule.msUntil(state, points, nowMs),
    };
  };
  const checked = (points: number): number => {
    if (Number.isInteger(points) && points >= 1 && points <= rule.most) return points;
    throw new RangeError(expected('points', `a whole number from 1 to ${rule.most}`, points));
  };
  return {
    consume(key, points = 1) {
      const wanted = checked(points);
      const nowMs = now();
      const state = stateOf(key, nowMs);
      const { allowed: ok, msBeforeNext } = answer(state, wanted, nowMs);
      if (ok) {
        allowed++;
        rule.take(state, wanted, nowMs);
      } else refused++;
      return { allowed: ok, remaining: Math.floor(rule.available(state)), msBeforeNext };
    },
    peek(key, points = 1) {
      const nowMs = now();
      const state = states.get(key);
      if (state !== undefined) rule.update(state, nowMs);
      return answer(state ?? rule.create(nowMs), checked(points), nowMs);
    },
    reset: (key) => void states.delete(key),
    stats: () => ({ allowed, refused, keys: states.size, forgottenEarly }),
  };
}
