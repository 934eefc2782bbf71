import type { EventLoop } from '../../src/load/engine/event-loop.ts';

interface Entry {
  readonly atNs: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** An event loop on virtual time: it jumps to the next timer; a turn of `soon` takes `turnNs`. */
export function createVirtualLoop(
  turnNs = 100_000,
): EventLoop & { readonly runUntil: <T>(promise: Promise<T>) => Promise<T> } {
  let now = 0;
  let order = 0;
  const entries: Entry[] = [];
  const add = (atNs: number, callback: () => void): Entry => {
    const entry = { atNs, order: order++, callback, cancelled: false };
    let index = entries.length;
    while (index > 0 && entries[index - 1]!.atNs > atNs) index--;
    entries.splice(index, 0, entry);
    return entry;
  };
  return {
    now: () => now,
    watch: () => now,
    after(delayNs, callback) {
      const entry = add(now + Math.max(1, delayNs), callback);
      return { cancel: () => void (entry.cancelled = true) };
    },
    soon: (callback) => void add(now + turnNs, callback),
    async runUntil(promise) {
      let settled = false;
      const watched = promise.finally(() => (settled = true));
      watched.catch(() => undefined);
      for (;;) {
        // promises that the last callback resolved go on before the next one
        for (let turn = 0; turn < 8; turn++) await null;
        if (settled) return watched;
        const next = entries.shift();
        if (next === undefined) throw new Error('nothing is left to happen and the promise is still open');
        if (next.cancelled) continue;
        now = Math.max(now, next.atNs);
        next.callback();
      }
    },
  };
}
