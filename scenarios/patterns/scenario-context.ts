/** What the subjects of this folder use of the context that the bench engine hands to a factory. */
export interface ScenarioContext {
  readonly subject: string;
  readonly workload: { readonly keys: number; readonly valueBytes: number };
  readonly concurrency: number;
  readonly random: SeededRandom;
  readonly keySequence: () => Uint32Array;
}

export interface SeededRandom {
  /** A number in [0, 1). */
  next(): number;
  /** An integer, 0 to n - 1. */
  int(n: number): number;
}

export interface ScenarioSubject {
  readonly operations: Readonly<Record<string, (index: number) => unknown>>;
  readonly mix?: Readonly<Record<string, number>>;
  readonly measuring?: () => void;
  readonly metrics?: () => Readonly<Record<string, number>>;
  readonly close?: () => void | Promise<void>;
}
