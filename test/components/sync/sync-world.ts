import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  changeLogs,
  createPayloadCodec,
  createSyncClient,
  createSyncServer,
} from '../../../src/components/sync/index.ts';
import type {
  ChangeLog,
  SyncChange,
  SyncClient,
  SyncClientOptions,
  SyncServer,
} from '../../../src/components/sync/index.ts';

/** A change in which the test fills in what matters. */
export function changeOf(sequence: number, recordId: string, fields: Partial<SyncChange> = {}): SyncChange {
  return { sequence, recordId, json: `"${recordId} ${sequence}"`, baseVersion: null, ...fields };
}

/** Runs `work` with a path for a database that is gone afterwards. */
export async function withDatabasePath<T>(work: (path: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-sync-'));
  try {
    return await work(join(folder, 'sync.db'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface World {
  readonly log: ChangeLog;
  readonly server: SyncServer;
  /** A client whose transport is the server itself. */
  readonly join: (options?: Partial<SyncClientOptions>) => SyncClient;
}

export function createWorld(
  options: { readonly pageRecords?: number; readonly pageCharacters?: number; readonly log?: ChangeLog } = {},
): World {
  const log = options.log ?? changeLogs.memory();
  const codec = createPayloadCodec();
  const server = createSyncServer({ pageRecords: 1_000, ...options, log, codec });
  return {
    log,
    server,
    join: (given = {}) => createSyncClient({ transport: (body) => server.handle(body), codec, ...given }),
  };
}

/** What a client shows of records, by id. */
export function copyOf(client: SyncClient): Record<string, unknown> {
  const found = Array.from(client.records(), ({ recordId }) => [recordId, client.get(recordId)]);
  return Object.fromEntries(found);
}

/** What a log holds, without tombstones. */
export function contentOf(log: ChangeLog): Record<string, unknown> {
  const found = log
    .since(0, 100_000)
    .flatMap(({ recordId, json }) => (json === null ? [] : [[recordId, JSON.parse(json)]]));
  return Object.fromEntries(found);
}
