interface Context {
  readonly workload: { readonly keys: number; readonly valueBytes: number };
  readonly keySequence: () => Uint32Array;
}

/**
 * What a cache costs over the plainest thing that answers the same calls: a Map that never forgets, under the same
 * keys and values, inserted in the same order (the popular ones last: V8 finds what came last in a bucket first).
 */
export function createPlainMap(
  _options: unknown,
  { workload, keySequence }: Context,
): { operations: { get: (index: number) => Uint8Array | undefined } } {
  const keys = Array.from({ length: workload.keys }, (_, index) => `key:${index}`);
  const map = new Map<string, Uint8Array>();
  for (const [index, key] of [...keys.entries()].toReversed()) {
    map.set(key, new Uint8Array(workload.valueBytes).fill(index));
  }
  const sequence = keySequence();
  const mask = sequence.length - 1;
  return { operations: { get: (index) => map.get(keys[sequence[index & mask] ?? 0] ?? '') } };
}
