import { place } from '../connections/channel.ts';
import type { Channel } from '../connections/channel.ts';
import type { EventLoop, Timer } from '../engine/event-loop.ts';

/** Channels that went down and wait before they connect again. */
export class Backoffs {
  readonly #loop: EventLoop;
  readonly #ready: (channel: Channel) => void;
  readonly #timers = new Map<Channel, Timer>();

  /** `ready`: the channel is down, may be opened, and has nothing to do. */
  constructor(loop: EventLoop, ready: (channel: Channel) => void) {
    this.#loop = loop;
    this.#ready = ready;
  }

  /** A channel that is down goes on at once after a good reply, else after a pause that grows. */
  recover(channel: Channel): void {
    if (channel.backingOff) return;
    channel.backingOff = true;
    const timer = this.#loop.after(channel.backoffNs(), () => {
      this.#timers.delete(channel);
      channel.backingOff = false;
      if (channel.place !== place.down) return;
      // a step fell due while it waited
      if (channel.step !== null) channel.open();
      else this.#ready(channel);
    });
    this.#timers.set(channel, timer);
  }

  /** Close the channel for good, unless somebody opens it. */
  retire(channel: Channel): void {
    this.#timers.get(channel)?.cancel();
    this.#timers.delete(channel);
    channel.backingOff = false;
    channel.close();
  }
}
