import { place } from '../connections/channel.ts';
import type { Channel } from '../connections/channel.ts';

/** Connections that are opened at a time: more would overflow a server's accept queue. */
const opensAtATime = 128;

/** Opens the channels that a phase needs before its clock starts. */
export class ChannelOpener {
  #down: readonly Channel[] = [];
  #next = 0;
  #opening = 0;
  #ended = true;
  #resolve: () => void = nothing;

  /** Open those that are down. Resolves when all are open, or one could not be: the phase's operations will show why. */
  open(channels: readonly Channel[]): Promise<void> {
    this.#down = channels.filter((channel) => channel.place === place.down && !channel.backingOff);
    this.#next = 0;
    this.#opening = 0;
    this.#ended = false;
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#openMore();
    });
  }

  /** A channel has opened, or could not be. */
  attempted(opened: boolean): void {
    if (this.#ended) return;
    this.#opening--;
    if (opened) this.#openMore();
    else this.stop();
  }

  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resolve();
  }

  #openMore(): void {
    for (; this.#opening < opensAtATime && this.#next < this.#down.length; this.#next++) {
      this.#opening++;
      this.#down[this.#next]?.open();
    }
    if (this.#opening === 0) this.stop();
  }
}

function nothing(): void {}
