/** A full collection, where the process allows it: those of rounds run with --expose-gc. */
export function collectGarbage(): void {
  globalThis.gc?.();
}
