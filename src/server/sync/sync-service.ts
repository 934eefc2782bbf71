import { createCache } from '../../components/cache/index.ts';
import type { Cache, CacheStats } from '../../components/cache/index.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { AppliedChanges, RecordRow, SyncRecords } from '../data/sync-records.ts';
import type { Encoder } from '../http/encoder.ts';
import type { Encoding } from '../http/negotiate-encoding.ts';
import type { Ports } from '../ports.ts';
import { printCursor } from './parse-sync-request.ts';
import type { SyncRequest } from './parse-sync-request.ts';

/** What a client gets: encoded JSON, or null when there is nothing that it has not got. */
interface SyncPayload {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding | null;
}

export interface SyncService {
  /** The client's changes are committed when this resolves. `encoding`: what it accepts, null for plain JSON. */
  readonly sync: (request: SyncRequest, encoding: Encoding | null) => Promise<SyncPayload | null>;
  readonly stats: () => { readonly full: number; readonly delta: number; readonly unchanged: number };
  /** null without a cache. */
  readonly cacheStats: () => CacheStats | null;
}

/** Records in one reply; a client that is told `more` asks again. */
const pageRecords = 20_000;
const cacheBytes = 33_554_432;

type SyncConfig = Pick<ServerConfig, 'cache' | 'delta' | 'maxCacheSize' | 'defaultTtlMs'>;

/**
 * Sends what changed since the client's cursor, or everything: when it has none, has that of another database, asks
 * for it, or deltas are off. Payloads are kept encoded: clients that were equally far behind get the same bytes.
 */
export function createSyncService(
  records: SyncRecords,
  config: SyncConfig,
  { encoder, now }: { readonly encoder: Encoder | null } & Pick<Ports, 'now'>,
): SyncService {
  const payloads = config.cache ? createPayloadCache(config, now) : null;
  let [fullSyncs, deltaSyncs, unchanged] = [0, 0, 0];

  const since = ({ cursor, full }: SyncRequest): number =>
    full || !config.delta || cursor === null || cursor.epoch !== records.epoch
      ? 0
      : Math.min(cursor.version, records.version());
  const encoded = async (json: string, encoding: Encoding | null): Promise<SyncPayload> => {
    const bytes = Buffer.from(json);
    return encoding === null || encoder === null
      ? { bytes, encoding: null }
      : { bytes: await encoder.encode(bytes, encoding), encoding };
  };
  return {
    async sync(request, encoding) {
      const applied = request.changes.length === 0 ? null : await records.apply(request.changes);
      const from = since(request);
      const version = records.version();
      if (from > 0 && from === version && applied === null) {
        unchanged++;
        return null;
      }
      if (from > 0) deltaSyncs++;
      else fullSyncs++;
      // A reply that leaves out the client's own changes is of use to nobody else.
      if (applied !== null || payloads === null) {
        return encoded(payloadJson(records, from, applied), encoding);
      }
      const key = `${from}-${version}-${encoding}`;
      const kept = payloads.get(key);
      if (kept !== undefined) return kept;
      const payload = await encoded(payloadJson(records, from, null), encoding);
      payloads.set(key, payload);
      return payload;
    },
    stats: () => ({ full: fullSyncs, delta: deltaSyncs, unchanged }),
    cacheStats: () => payloads?.stats() ?? null,
  };
}

function createPayloadCache(
  { maxCacheSize, defaultTtlMs }: SyncConfig,
  now: () => number,
): Cache<string, SyncPayload> {
  return createCache<string, SyncPayload>({
    policy: 'lru',
    max: maxCacheSize,
    maxSize: cacheBytes,
    sizeCalculation: ({ bytes }, key) => bytes.length + key.length,
    ttl: defaultTtlMs,
    now,
  });
}

function payloadJson(records: SyncRecords, from: number, applied: AppliedChanges | null): string {
  const rows = records.changedSince(from, pageRecords);
  const more = rows.length === pageRecords;
  const last = more ? (rows.at(-1)?.version ?? from) : records.version();
  const isOwn = ({ version }: RecordRow): boolean =>
    applied !== null && version >= applied.first && version <= applied.last;
  const others = from > 0 ? rows.filter((row) => !isOwn(row)) : rows;
  // Values are JSON already.
  const changed = others
    .filter(({ deleted }) => !deleted)
    .map(({ id, version, json }) => `{"id":${JSON.stringify(id)},"version":${version},"value":${json}}`);
  const head = JSON.stringify({
    cursor: printCursor({ epoch: records.epoch, version: last }),
    full: from === 0,
    more,
    deleted: others.filter(({ deleted }) => deleted).map(({ id }) => id),
    ...(applied === null ? {} : { conflicts: applied.conflicts }),
  });
  return `${head.slice(0, -1)},"changed":[${changed.join(',')}]}`;
}
