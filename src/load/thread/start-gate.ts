/** Lets the threads of a load start a phase together. */
export interface StartGate {
  /** The thread could start the phase. */
  readonly ready: (worker: number, phase: number) => void;
  /** The thread has ended: the others no longer wait for it. */
  readonly gone: (worker: number) => void;
}

/** `begin` is called once for each phase, when every thread that is left is ready for it. */
export function createStartGate(workers: number, begin: (phase: number) => void): StartGate {
  /** Phase that each thread waits for; null while it runs one. */
  const waitsFor: (number | null)[] = Array.from({ length: workers }, () => null);
  const left = new Set(waitsFor.keys());
  const look = (): void => {
    const phases = new Set(Array.from(left, (worker) => waitsFor[worker] ?? null));
    const [phase] = phases;
    if (phases.size !== 1 || phase === null || phase === undefined) return;
    waitsFor.fill(null);
    begin(phase);
  };
  return {
    ready: (worker, phase) => {
      waitsFor[worker] = phase;
      look();
    },
    gone: (worker) => {
      left.delete(worker);
      look();
    },
  };
}
