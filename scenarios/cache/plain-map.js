/**
 * What a cache costs over the plainest thing that answers the same calls: a Map that never forgets, under the same
 * keys and values, inserted in the same order (the popular ones last: V8 finds what came last in a bucket first).
 * @param {object} _options
 * @param {{workload: {keys: number, valueBytes: number}, keySequence: () => Uint32Array}} context
 */
export function createPlainMap(_options, { workload, keySequence }) {
  const keys = Array.from({ length: workload.keys }, (_, index) => `key:${index}`);
  const map = new Map();
  for (let index = keys.length - 1; index >= 0; index--) {
    map.set(keys[index], new Uint8Array(workload.valueBytes).fill(index));
  }
  const sequence = keySequence();
  const mask = sequence.length - 1;
  return { operations: { get: (index) => map.get(keys[sequence[index & mask]]) } };
}
