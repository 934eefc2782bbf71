import type { EventLoop } from '../engine/event-loop.ts';
import type { Transport, Wire, WireEvents } from './transport.ts';

/** Begin to connect. Some local failures are thrown by node:net; they are told like the others, later. */
export function openWire(
  events: WireEvents,
  { transport, loop }: { readonly transport: Transport; readonly loop: EventLoop },
): Wire | null {
  try {
    return transport.open(events);
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    loop.soon(() => events.closed(failure));
    return null;
  }
}
