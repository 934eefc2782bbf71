import type { SlowOperation } from '../../model/result.ts';

/** When an operation was due, sent and over. */
export interface OperationTimes {
  readonly dueNs: number;
  /** Null when it was never sent. */
  readonly sentNs: number | null;
  readonly endNs: number;
}

/** Times within an operation that its channel knows of; 0 where there is none. */
export interface OperationParts {
  /** When the request was written. */
  readonly requestedNs: number;
  readonly firstByteNs: number;
  /** How long it waited for a connection to be opened, and what of that was TLS. */
  readonly openNs: number;
  readonly tlsNs: number;
}

export interface SlowestOptions {
  /** How many are kept. */
  readonly keep: number;
  /** Where the run began, on the clock of the operations. */
  readonly originNs: number;
  /** Longest delay of the generator itself between two times. */
  readonly delayBetween: (fromNs: number, toNs: number) => number;
}

/** The slowest operations of a run, however they ended, with what is known of each. */
export class SlowestOperations {
  /** An operation that took no longer is not among them. */
  slowerThanNs = 0;
  readonly #options: SlowestOptions;
  /** Slowest first. */
  readonly #kept: SlowOperation[] = [];

  constructor(options: SlowestOptions) {
    this.#options = options;
  }

  add(
    { phase, name }: { readonly phase: string; readonly name: string },
    { dueNs, sentNs, endNs }: OperationTimes,
    parts: OperationParts | null,
    failure: string | null = null,
  ): void {
    const { keep, originNs, delayBetween } = this.#options;
    const opened = parts !== null && parts.openNs > 0;
    const slow: SlowOperation = {
      phase,
      name,
      dueNs: dueNs - originNs,
      sentNs: sentNs === null ? null : sentNs - originNs,
      firstByteNs: parts === null || parts.firstByteNs === 0 ? null : parts.firstByteNs - originNs,
      endNs: endNs - originNs,
      openNs: opened ? parts.openNs : null,
      tlsNs: opened && parts.tlsNs > 0 ? parts.tlsNs : null,
      generatorDelayNs: delayBetween(dueNs, endNs),
      ...(failure !== null && { failure }),
    };
    const tookNs = endNs - dueNs;
    let index = this.#kept.length;
    while (index > 0 && tookOf(this.#kept[index - 1]) < tookNs) index--;
    this.#kept.splice(index, 0, slow);
    if (this.#kept.length > keep) this.#kept.length = keep;
    if (this.#kept.length === keep) this.slowerThanNs = tookOf(this.#kept.at(-1));
  }

  list(): readonly SlowOperation[] {
    return this.#kept;
  }
}

/** The slowest of several lists, slowest first. */
export function mergeSlowest(lists: readonly (readonly SlowOperation[])[], keep: number): SlowOperation[] {
  return lists
    .flat()
    .toSorted((a, b) => tookOf(b) - tookOf(a))
    .slice(0, keep);
}

function tookOf(operation: SlowOperation | undefined): number {
  return operation === undefined ? 0 : operation.endNs - operation.dueNs;
}
