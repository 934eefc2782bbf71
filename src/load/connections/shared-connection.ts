import { SharedSession } from './shared-session.ts';
import { Slot } from './slot.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { FramingFactory } from '../protocols/framing.ts';

/**
 * Several channels over one connection at a time. When the server announces that it will close, the operations that
 * it has go on there, and the next ones get a new connection.
 */
export class SharedConnection {
  /** Connections in a row that have come to nothing. */
  failures = 0;
  readonly #context: ConnectionContext;
  readonly #createFraming: FramingFactory;
  #current: SharedSession | null = null;
  #slots = 0;

  constructor(context: ConnectionContext, createFraming: FramingFactory) {
    this.#context = context;
    this.#createFraming = createFraming;
  }

  get isOpen(): boolean {
    return this.#current?.isOpen ?? false;
  }

  createSlot(id: number): Slot {
    return new Slot(id, this.#slots++, this);
  }

  /** The slot is connecting; it gets the connection that there is, or a new one. */
  join(slot: Slot): void {
    if (this.#current === null || !this.#current.accepts) {
      this.#current = new SharedSession(this, this.#context);
      this.#current.connect(this.#createFraming);
    }
    this.#current.join(slot);
  }
}
