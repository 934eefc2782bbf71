import type { SeededRandom } from './scenario-context.ts';

/**
 * zipf: stable popularity. scan: the same, with 3,000 keys that are asked for once each in a row after every 12,000
 * requests. shifting: which keys are popular changes after every 65,536 requests.
 */
export const traceKinds = ['zipf', 'scan', 'shifting'] as const;
export type TraceKind = (typeof traceKinds)[number];

const scanEvery = 15_000;
const scanLength = 3_000;
const shiftEvery = 65_536;

/** A trace as long as the sequence of key indices that it is made from. */
export function createTrace(
  kind: TraceKind,
  sequence: Uint32Array,
  keys: number,
  random: SeededRandom,
): Uint32Array {
  return shapes[kind](sequence, keys, random);
}

type Shape = (sequence: Uint32Array, keys: number, random: SeededRandom) => Uint32Array;

const shapes = {
  zipf: (sequence) => sequence,
  scan: (sequence, keys) => {
    // Beyond the popular keys, and never the same twice.
    let scanned = keys;
    return sequence.map((key, index) => (index % scanEvery < scanEvery - scanLength ? key : scanned++));
  },
  shifting: (sequence, keys, random) => {
    const shifts = Array.from({ length: Math.ceil(sequence.length / shiftEvery) }, () => random.int(keys));
    return sequence.map((key, index) => (key + (shifts[Math.floor(index / shiftEvery)] ?? 0)) % keys);
  },
} satisfies Record<TraceKind, Shape>;
