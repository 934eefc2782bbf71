import { classOfSocketError } from '../record/error-class.ts';
import { BatchWriter } from './batch-writer.ts';
import { place } from './channel.ts';
import { staleWithinNs } from './connection.ts';
import { openWire } from './open-wire.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Deadlined } from './deadline-queue.ts';
import type { Reply } from '../flows/exchange.ts';
import type { Framing, FramingEvents, FramingFactory, Operation } from '../protocols/framing.ts';
import type { EncodedRequest } from '../protocols/protocol.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { SharedConnection } from './shared-connection.ts';
import type { Slot } from './slot.ts';
import type { Wire, WireEvents } from './transport.ts';

/**
 * One connection that several slots use, from connecting until it breaks, or until the last slot has left it.
 *
 *     connecting ──opened──> greeting ──ready──> open ──draining──> (what is outstanding ends) ──> over
 *          └────────────────────┴─────────────────┴── broken: every slot goes down, each operation fails once ──> over
 */
export class SharedSession implements WireEvents, FramingEvents, Deadlined {
  deadlineNs = 0;
  earlier: Deadlined | null = null;
  later: Deadlined | null = null;
  queued = false;

  readonly #shared: SharedConnection;
  readonly #context: ConnectionContext;
  /** By seat; null for a slot that is not here. */
  readonly #slots: (Slot | null)[] = [];
  #members = 0;
  #wire: Wire | null = null;
  #out: BatchWriter | null = null;
  #framing: Framing | null = null;
  #state: 'connecting' | 'greeting' | 'open' | 'over' = 'connecting';
  #openingNs = 0;
  #replies = 0;
  /** Writes are collected until the input has been dealt with. */
  #held = false;

  constructor(shared: SharedConnection, context: ConnectionContext) {
    this.#shared = shared;
    this.#context = context;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Slots may join. */
  get accepts(): boolean {
    return this.#isOpening || (this.#state === 'open' && this.#framing?.accepts === true);
  }

  get #isOpening(): boolean {
    return this.#state === 'connecting' || this.#state === 'greeting';
  }

  connect(createFraming: FramingFactory): void {
    const { loop, connectDeadlines, traffic } = this.#context;
    this.#openingNs = loop.now();
    connectDeadlines.add(this, this.#openingNs);
    this.#wire = openWire(this, this.#context);
    if (this.#wire === null) return;
    this.#out = new BatchWriter(this.#wire, traffic);
    this.#framing = createFraming(this, this.#out);
  }

  join(slot: Slot): void {
    while (this.#slots.length <= slot.seat) this.#slots.push(null);
    this.#slots[slot.seat] = slot;
    this.#members++;
    slot.link = this;
    if (this.#state === 'open') this.#context.loop.soon(() => this.#admit(slot));
  }

  /** The slot is idle. */
  send(slot: Slot, request: EncodedRequest): void {
    // hot path
    const now = this.#context.loop.now();
    slot.place = place.busy;
    slot.requestedNs = now;
    slot.firstByteNs = 0;
    this.#context.replyDeadlines.add(slot, now);
    this.#framing?.request(slot, request, slot.step?.exchange?.wants ?? null);
    if (!this.#held) this.#out?.flush();
  }

  replyOf(slot: Slot): Reply | null {
    return this.#framing?.reply(slot) ?? null;
  }

  /** The slot closes, whatever it was doing. */
  leave(slot: Slot): void {
    const busy = slot.place === place.busy;
    this.#remove(slot);
    if (busy) this.#framing?.forget(slot);
    if (this.#members === 0) this.#end();
    else if (!this.#held) this.#out?.flush();
  }

  expired(slot: Slot, nowNs: number): void {
    const elapsed = ((nowNs - slot.requestedNs) / 1e6).toFixed(0);
    const detail = `no complete reply within ${elapsed}ms`;
    if (this.#framing?.ordered === true) {
      this.broken('timeout', detail);
      return;
    }
    this.#framing?.forget(slot);
    this.#out?.flush();
    this.failed(slot, 'timeout', detail);
  }

  /** Connecting has taken too long. */
  expire(nowNs: number): void {
    const elapsed = ((nowNs - this.#openingNs) / 1e6).toFixed(0);
    this.broken('connect_timeout', `no connection within ${elapsed}ms`);
  }

  // ---- events of the wire

  opened(tlsNs = 0): void {
    if (this.#state !== 'connecting') return;
    const { loop, connected } = this.#context;
    this.#state = 'greeting';
    connected(loop.now() - this.#openingNs, tlsNs);
    this.#held = true;
    this.#framing?.start();
    this.#release();
  }

  received(bytes: Uint8Array, length: number): void {
    // hot path
    this.#context.traffic.bytesIn += length;
    if (this.#state === 'over') return;
    this.#held = true;
    this.#framing?.push(bytes, length);
    this.#release();
  }

  ended(): void {
    if (this.#isOpening) this.broken('closed', 'the server closed the connection while it was opened');
    else if (this.#state === 'open') this.#framing?.end();
  }

  closed(error: Error | null): void {
    if (this.#state === 'over') return;
    if (error === null) this.ended();
    else this.broken(classOfSocketError(error), error.message);
  }

  // ---- events of the framing

  ready(): void {
    if (this.#state !== 'greeting') return;
    this.#context.connectDeadlines.remove(this);
    this.#state = 'open';
    for (const slot of this.#slots) if (slot !== null) this.#admit(slot);
  }

  replied(operation: Operation): void {
    // hot path
    const slot = this.#slots[operation.seat] ?? null;
    if (slot === null) return;
    this.#context.replyDeadlines.remove(slot);
    this.#replies++;
    this.#shared.failures = 0;
    slot.failures = 0;
    slot.status = this.#framing?.status(operation) ?? 0;
    slot.place = place.idle;
    if (this.#framing?.accepts === true) {
      this.#context.owner.replied(slot);
      return;
    }
    this.#remove(slot);
    // it can still be asked for the reply
    slot.link = this;
    this.#context.owner.replied(slot);
    if (slot.link === this) slot.link = null;
    if (this.#members === 0) this.#end();
  }

  failed(operation: Operation, failure: ErrorClass, detail: string): void {
    const slot = this.#slots[operation.seat] ?? null;
    if (slot === null) return;
    this.#remove(slot);
    slot.failures++;
    if (this.#members === 0) this.#end();
    this.#context.owner.failed(slot, failure, detail);
  }

  draining(): void {
    const idle = this.#slots.filter((slot) => slot !== null && slot.place === place.idle);
    for (const slot of idle) if (slot !== null) this.#remove(slot);
    if (this.#members === 0) this.#end();
    for (const slot of idle) if (slot !== null) this.#context.owner.lost(slot);
  }

  broken(failure: ErrorClass, detail: string): void {
    if (this.#state === 'over') return;
    const { owner, loop } = this.#context;
    const framing = this.#framing;
    const untouched = this.#replies > 0 && framing !== null && framing.untouched;
    const operations = framing?.takeOutstanding() ?? [];
    const first = operations[0];
    const crossed =
      (failure === 'closed' || failure === 'reset') &&
      untouched &&
      first !== undefined &&
      loop.now() - first.requestedNs < staleWithinNs;
    const busy = operations.map(({ seat }) => this.#slots[seat] ?? null);
    const others = this.#slots.filter((slot) => slot !== null && !busy.includes(slot));
    const connecting = this.#slots.map((slot) => slot?.place === place.connecting);
    for (const slot of this.#slots) if (slot !== null) this.#remove(slot);
    this.#end();
    // a connection that has served and closes unused is no failure, and one that never served must not make a hot loop
    if (!crossed && (this.#replies === 0 || first !== undefined)) this.#shared.failures++;
    for (const [index, slot] of busy.entries()) {
      if (slot === null) continue;
      if (index > 0 && framing?.ordered === true)
        owner.failed(slot, 'pipelined', `it waited behind a request that failed: ${detail}`);
      else owner.failed(slot, crossed ? 'stale_connection' : failure, detail);
    }
    for (const slot of others) {
      if (slot === null) continue;
      if (connecting[slot.seat] === true) owner.openFailed(slot, failure, detail);
      else owner.lost(slot);
    }
  }

  // ---- slots

  #admit(slot: Slot): void {
    if (slot.link !== this || slot.place !== place.connecting) return;
    if (this.accepts) {
      slot.place = place.idle;
      this.#context.owner.opened(slot);
      return;
    }
    this.#remove(slot);
    this.#context.owner.openFailed(slot, 'closed', 'the server closed the connection while it was opened');
  }

  /** It goes down; nothing is told. */
  #remove(slot: Slot): void {
    if (this.#slots[slot.seat] !== slot) return;
    this.#context.replyDeadlines.remove(slot);
    this.#slots[slot.seat] = null;
    this.#members--;
    slot.link = null;
    slot.place = place.down;
  }

  #release(): void {
    // hot path
    this.#held = false;
    if (this.#state !== 'over') this.#out?.flush();
  }

  #end(): void {
    if (this.#state === 'over') return;
    if (this.#isOpening) this.#context.connectDeadlines.remove(this);
    // a last word of the protocol, if it has one
    if (this.#state !== 'connecting') this.#out?.flush();
    this.#state = 'over';
    this.#wire?.destroy();
    this.#wire = null;
  }
}
