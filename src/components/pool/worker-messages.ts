/** Given to a thread when it starts. */
export interface WorkerOrder {
  /** URL of the module with the task functions. */
  readonly module: string;
  readonly data: unknown;
}

export type ToWorker =
  | { readonly kind: 'run'; readonly id: number; readonly name: string; readonly task: unknown }
  | { readonly kind: 'abort'; readonly id: number };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: unknown };

/** The second argument of a task function. */
export interface TaskContext {
  /** Aborts when the caller no longer wants the result: a task that goes on is ended with its thread. */
  readonly signal: AbortSignal;
  /** `workerData` of the pool. */
  readonly data: unknown;
  /** Have these moved, not copied, with the result. */
  transfer(...objects: readonly ArrayBuffer[]): void;
}
