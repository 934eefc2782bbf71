import { randomBytes } from 'node:crypto';
import { checkedAppend, checkedChanges } from './check-changes.ts';
import type { ChangeLog, ChangeLogStats, ChangeOutcome, RecordState, SyncChange } from './change-log.ts';
import { mayApply } from './decide-change.ts';
import { SequenceGapError } from './sync-errors.ts';

/** A change log in memory: gone with the process. */
export function createMemoryChangeLog(): ChangeLog {
  return new MemoryChangeLog();
}

interface Entry extends RecordState {
  readonly origin: string;
}

interface Client {
  last: number;
  outcomes: ChangeOutcome[];
}

/** Stale places in the order of change that are not worth a clean-up. */
const fewStale = 64;

class MemoryChangeLog implements ChangeLog {
  readonly epoch = randomBytes(6).toString('hex');
  readonly #records = new Map<string, Entry>();
  readonly #clients = new Map<string, Client>();
  /** By version. An entry that its record no longer has is stale. */
  #order: Entry[] = [];
  #version = 0;
  #floor = 0;
  #tombstones = 0;

  version(): number {
    return this.#version;
  }

  floor(): number {
    return this.#floor;
  }

  append(clientId: string, changes: readonly SyncChange[]): ChangeOutcome[] {
    checkedAppend(clientId, changes);
    const [first] = changes;
    if (first === undefined) return [];
    const known = this.#clients.get(clientId);
    if (known !== undefined && first.sequence > known.last + 1) {
      throw new SequenceGapError(clientId, known.last + 1, first.sequence);
    }
    const client = known ?? { last: first.sequence - 1, outcomes: [] };
    this.#clients.set(clientId, client);
    client.outcomes = client.outcomes.filter(({ sequence }) => sequence >= first.sequence);
    const settled = new Map(client.outcomes.map((outcome) => [outcome.sequence, outcome]));
    return changes.map((change) => {
      if (change.sequence <= client.last) {
        return settled.get(change.sequence) ?? { sequence: change.sequence, state: 'forgotten', version: 0 };
      }
      const outcome = this.#apply(clientId, change);
      client.last = change.sequence;
      client.outcomes.push(outcome);
      return outcome;
    });
  }

  since(version: number, limit: number): RecordState[] {
    const { from, most } = checkedChanges(version, limit);
    const found: RecordState[] = [];
    for (let place = this.#placeAfter(from); place < this.#order.length && found.length < most; place++) {
      const entry = this.#order[place];
      if (entry !== undefined && this.#isCurrent(entry)) found.push(publicState(entry));
    }
    return found;
  }

  get(recordId: string): RecordState | undefined {
    const entry = this.#records.get(recordId);
    return entry === undefined || entry.json === null ? undefined : publicState(entry);
  }

  compact(version: number): number {
    const { from } = checkedChanges(version, 1);
    const upTo = Math.min(from, this.#version);
    let removed = 0;
    for (const entry of this.#order.slice(0, this.#placeAfter(upTo))) {
      if (entry.json !== null || !this.#isCurrent(entry)) continue;
      this.#records.delete(entry.recordId);
      removed++;
    }
    this.#floor = Math.max(this.#floor, upTo);
    this.#tombstones -= removed;
    this.#dropStale();
    return removed;
  }

  stats(): ChangeLogStats {
    return {
      records: this.#records.size - this.#tombstones,
      tombstones: this.#tombstones,
      clients: this.#clients.size,
    };
  }

  close(): void {
    this.#records.clear();
    this.#clients.clear();
    this.#order = [];
    this.#tombstones = 0;
  }

  #apply(clientId: string, change: SyncChange): ChangeOutcome {
    const { sequence, recordId, json } = change;
    const current = this.#records.get(recordId);
    if (current !== undefined && !mayApply(change, clientId, current)) {
      return { sequence, state: 'conflict', version: current.version };
    }
    const entry: Entry = { recordId, json, version: ++this.#version, origin: clientId };
    this.#records.set(recordId, entry);
    this.#tombstones += (json === null ? 1 : 0) - (current?.json === null ? 1 : 0);
    this.#order.push(entry);
    if (this.#order.length > 2 * this.#records.size + fewStale) this.#dropStale();
    return { sequence, state: 'applied', version: entry.version };
  }

  #isCurrent(entry: Entry): boolean {
    return this.#records.get(entry.recordId) === entry;
  }

  #dropStale(): void {
    this.#order = this.#order.filter((entry) => this.#isCurrent(entry));
  }

  /** The first place whose version is higher, by bisection. */
  #placeAfter(version: number): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle]?.version ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function publicState({ recordId, version, json }: Entry): RecordState {
  return { recordId, version, json };
}
