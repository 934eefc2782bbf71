import type { Channel } from './channel.ts';

/**
 * Free channels in the order in which they became free: a ring that grows to the number of channels. One that
 * went down stays listed, and is passed over when its turn comes unless it is up again.
 */
export class FreeList {
  #ring: (Channel | null)[] = emptyRing(64);
  #head = 0;
  #length = 0;

  /** Add at the end; does nothing for one that is listed. */
  push(channel: Channel): void {
    // hot path
    if (channel.listed) return;
    if (this.#length === this.#ring.length) this.#grow();
    channel.listed = true;
    this.#ring[(this.#head + this.#length) % this.#ring.length] = channel;
    this.#length++;
  }

  /** The one that has been free for longest; null when there is none. */
  shift(): Channel | null {
    // hot path
    if (this.#length === 0) return null;
    const channel = this.#ring[this.#head] ?? null;
    this.#ring[this.#head] = null;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#length--;
    if (channel !== null) channel.listed = false;
    return channel;
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
