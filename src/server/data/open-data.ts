import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openSqliteStore } from '../../components/store/index.ts';
import { messageOf } from '../../model/errors.ts';
import type { Store, TunedDatabase } from '../../components/store/index.ts';
import type { CleanUps } from '../clean-ups.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { Ports } from '../ports.ts';
import type { Corpus } from '../work/corpus.ts';
import { openAppDatabase } from './open-app-database.ts';
import { createLateStore } from './late-store.ts';
import { createPatterns } from './patterns.ts';
import type { Patterns } from './patterns.ts';
import { seedPatterns, seedRecords } from './seed-data.ts';
import { createWriter } from './writer.ts';
import type { Writer } from './writer.ts';

export interface AppData {
  readonly database: TunedDatabase;
  readonly writer: Writer;
  readonly patterns: Patterns;
}

interface DataContext {
  readonly config: ServerConfig;
  readonly corpus: Corpus;
  readonly ports: Ports;
  readonly cleanUps: CleanUps;
  /** Resolve before the patterns are all there; calls for them wait. For a process that has the folder to itself. */
  readonly fillLate: boolean;
}

/** The databases of a folder, filled when they are new. What is opened is closed by `cleanUps`, also after a failure. */
export async function openData(
  folder: string,
  { config, corpus, ports, cleanUps, fillLate }: DataContext,
): Promise<AppData> {
  const database = openAppDatabase(join(folder, 'app.db'), config);
  cleanUps.add(() => database.close());
  seedRecords(database, corpus, config.records);
  const { now, timers } = ports;
  const writer = createWriter(database, { queue: config.writeQueue, now, timers });
  cleanUps.add(() => writer.close());
  const durability = config.fsync ? 'power' : 'process';
  const store = await openSqliteStore({ path: join(folder, 'patterns.db'), durability });
  const onFailure = (error: unknown): void =>
    ports.log(
      `the patterns that a new server has could not be stored, and none can be asked for: ${messageOf(error)}`,
    );
  const filled = fillLate ? fillAfterTurn(store, corpus, config.records) : null;
  const patterns = createPatterns(
    filled === null ? store : createLateStore(store, filled, onFailure),
    config,
    ports,
  );
  cleanUps.add(() => patterns.close());
  if (filled === null) await seedPatterns(store, corpus, config.records);
  return { database, writer, patterns };
}

/** Not in this turn of the event loop, in which the server is put together. */
async function fillAfterTurn(store: Store, corpus: Corpus, count: number): Promise<void> {
  await setImmediate();
  await seedPatterns(store, corpus, count);
}
