import type { Connection } from './connection.ts';

/**
 * Free connections in the order in which they became free: a ring that grows to the number of connections. One that
 * went down stays listed, and is passed over when its turn comes unless it is up again.
 */
export class FreeList {
  #ring: (Connection | null)[] = emptyRing(64);
  #head = 0;
  #length = 0;

  /** Add at the end; does nothing for one that is listed. */
  push(connection: Connection): void {
    // hot path
    if (connection.listed) return;
    if (this.#length === this.#ring.length) this.#grow();
    connection.listed = true;
    this.#ring[(this.#head + this.#length) % this.#ring.length] = connection;
    this.#length++;
  }

  /** The one that has been free for longest; null when there is none. */
  shift(): Connection | null {
    // hot path
    if (this.#length === 0) return null;
    const connection = this.#ring[this.#head] ?? null;
    this.#ring[this.#head] = null;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#length--;
    if (connection !== null) connection.listed = false;
    return connection;
  }

  clear(): void {
    while (this.shift() !== null);
  }

  #grow(): void {
    const old = this.#ring;
    const order = [...old.slice(this.#head), ...old.slice(0, this.#head)];
    this.#ring = [...order, ...emptyRing(old.length)];
    this.#head = 0;
  }
}

function emptyRing(length: number): null[] {
  return Array.from({ length }, () => null);
}
