import { place } from '../connections/channel.ts';
import type { Channel } from '../connections/channel.ts';
import type { FreeList } from '../connections/free-list.ts';
import type { Seat } from './seat.ts';

/** The channel that has been free for longest; those that went down, or whose user thinks, are passed over. */
export function takeFree(free: FreeList, seats: readonly Seat[]): Channel | null {
  // hot path
  for (let channel = free.shift(); channel !== null; channel = free.shift()) {
    if (channel.place === place.idle && channel.step === null && seats[channel.id]?.thinking === null)
      return channel;
  }
  return null;
}
