export interface HeldBytesOptions {
  /** Bytes that may be held in all. */
  readonly max: number;
  /** What holds no more than this always finds room: errors must come through, and short bodies come in. */
  readonly alwaysBytes: number;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Bytes that are held for one client. */
export interface Hold {
  /** So many more; false when there is no room for them: then they are not counted. */
  readonly grow: (bytes: number) => boolean;
  /** They are held no longer. A second call does nothing. */
  readonly end: () => void;
}

interface Holder {
  bytes: number;
  readonly sinceMs: number;
  readonly cut: () => void;
}

/** A client may take so long before it has to make room for others. */
const graceMs = 5_000;

/**
 * Counts what clients make the server hold (replies that they do not read, bodies that they do not finish), and keeps
 * it below a bound: when there is no room, those who have held theirs for longest are cut off, so that slow clients
 * cannot lock the others out.
 */
export class HeldBytes {
  readonly max: number;
  readonly #options: HeldBytesOptions;
  /** Oldest first. */
  readonly #holders = new Set<Holder>();
  #bytes = 0;

  constructor(options: HeldBytesOptions) {
    this.max = options.max;
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `cut` ends the client's connection when its room is needed. null: there is no room for so many bytes. */
  hold(bytes: number, cut: () => void): Hold | null {
    const holder: Holder = { bytes: 0, sinceMs: this.#options.now(), cut };
    if (!this.#grow(holder, bytes)) return null;
    this.#holders.add(holder);
    return {
      grow: (more) => this.#grow(holder, more),
      end: () => this.#end(holder),
    };
  }

  #grow(holder: Holder, bytes: number): boolean {
    if (holder.bytes + bytes > this.#options.alwaysBytes && !this.#makeRoom(holder, bytes)) return false;
    holder.bytes += bytes;
    this.#bytes += bytes;
    return true;
  }

  #makeRoom(asking: Holder, bytes: number): boolean {
    const latestMs = this.#options.now() - graceMs;
    for (const holder of this.#holders) {
      if (this.#bytes + bytes <= this.max || holder.sinceMs > latestMs) break;
      if (holder === asking || holder.bytes <= this.#options.alwaysBytes) continue;
      this.#end(holder);
      holder.cut();
    }
    return this.#bytes + bytes <= this.max;
  }

  #end(holder: Holder): void {
    this.#holders.delete(holder);
    this.#bytes -= holder.bytes;
    holder.bytes = 0;
  }
}
