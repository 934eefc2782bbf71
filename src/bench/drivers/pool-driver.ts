import { createHash } from 'node:crypto';
import { open, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool } from '../../components/pool/index.ts';
import type { Pool } from '../../components/pool/index.ts';
import type { Driver, DriverContext, Subject } from '../subjects/driver.ts';
import { createDocuments } from './documents.ts';
import { OptionReader } from './read-options.ts';

const fileBytes = 4 * 1024 * 1024;

/** What is pooled: how it is made, what a borrower does with it, how it is let go. */
interface Kind<T> {
  create(): T | Promise<T>;
  work(resource: T, index: number): unknown;
  destroy(resource: T): void | Promise<void>;
  close(): Promise<void>;
}

/**
 * The toolkit's pool, lending out real resources. Options: max (default 8), resource: file (default; an open file of
 * 4 MiB in the temporary folder, of which a borrower reads workload.valueBytes at a random place) or buffer
 * (workload.valueBytes of memory, which a borrower changes and hashes). Operation: use (acquire, work, release).
 */
export const poolDriver: Driver = {
  async create(context) {
    const reader = new OptionReader('pool', context.options);
    const max = reader.integer('max', { min: 1, max: 10_000, default: 8 });
    const resource = reader.oneOf('resource', ['file', 'buffer'], 'file');
    reader.end();
    return resource === 'file'
      ? createSubject(await fileKind(context), max, context)
      : createSubject(bufferKind(context), max, context);
  },
};

function createSubject<T>(kind: Kind<T>, max: number, { now, histogram }: DriverContext): Subject {
  const pool: Pool<T> = createPool<T>({
    create: () => kind.create(),
    destroy: (resource) => kind.destroy(resource),
    max,
    maxWaiting: 1_000_000,
  });
  const waits = histogram('pool_wait');
  let startNs = now();
  let borrowedNs = 0;
  return {
    operations: {
      use: async (index) => {
        const askedNs = now();
        const resource = await pool.acquire();
        const gotNs = now();
        waits.record(gotNs - askedNs);
        try {
          return await kind.work(resource, index);
        } finally {
          pool.release(resource);
          // What was borrowed before measuring started counts from there.
          borrowedNs += now() - Math.max(gotNs, startNs);
        }
      },
    },
    measuring: () => {
      startNs = now();
      borrowedNs = 0;
    },
    metrics: () => ({
      pool_created: pool.stats().created,
      pool_utilization: borrowedNs / (max * (now() - startNs)),
    }),
    close: async () => {
      await pool.destroy();
      await kind.close();
    },
  };
}

/** Reads go through the operating system and Node's thread pool: asynchronous for real. */
async function fileKind({ workload, random }: DriverContext): Promise<Kind<FileHandle>> {
  const folder = await mkdtemp(join(tmpdir(), 'perfkit-pool-'));
  const path = join(folder, 'data');
  const [content] = createDocuments(1, fileBytes, random);
  await writeFile(path, content ?? '');
  const bytes = Math.min(Math.max(workload.valueBytes, 1), fileBytes);
  const places = Uint32Array.from({ length: 65_536 }, () => random.int(fileBytes - bytes + 1));
  return {
    create: () => open(path, 'r'),
    work: async (handle, index) => {
      const { bytesRead } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, places[index & 65_535]);
      if (bytesRead !== bytes) throw new Error(`read ${bytesRead} bytes of ${bytes}`);
      return bytesRead;
    },
    destroy: (handle) => handle.close(),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function bufferKind({ workload, random }: DriverContext): Kind<Uint8Array> {
  const bytes = Math.max(workload.valueBytes, 1);
  return {
    create: () => Uint8Array.from(createDocuments(1, bytes, random)[0] ?? []),
    work: (buffer, index) => {
      buffer[index % bytes] = index;
      return createHash('sha256').update(buffer).digest('base64');
    },
    destroy: () => undefined,
    close: async () => undefined,
  };
}
