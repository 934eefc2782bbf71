import { createPool } from 'perfkit/pool';
import { choiceOption, numberOption } from '../patterns/scenario-options.ts';
import type { ScenarioSubject } from '../patterns/scenario-context.ts';
import { importPeer } from './import-peer.ts';

interface Resource {
  borrowed: boolean;
}

interface PoolPeer {
  acquire(): PromiseLike<Resource>;
  release(resource: Resource): unknown;
  close(): PromiseLike<unknown>;
}

const names = ['perfkit', 'generic-pool', 'generic-pool-limited', 'tarn'] as const;
const max = 10;
const cyclesOfUser = 20;

/**
 * Borrowers of 10 resources. Options: pool, users. An operation is 20 times acquire and release by every user, all at
 * once; more users than resources have to queue. That no resource is lent twice at once is checked at each acquire.
 */
export async function createPoolSubject(
  options: Readonly<Record<string, unknown>>,
): Promise<ScenarioSubject> {
  const create = makers[choiceOption(options, 'pool', names)];
  const users = numberOption(options, 'users', max);
  await check(create);
  const pool = await create(newResource);
  const user = async (): Promise<void> => {
    for (let cycle = 0; cycle < cyclesOfUser; cycle++) {
      const resource = await pool.acquire();
      if (resource.borrowed) throw new Error('Wrong answer: a resource that is lent already');
      resource.borrowed = true;
      resource.borrowed = false;
      // generic-pool's release gives a promise; its users do not wait for it.
      void pool.release(resource);
    }
  };
  return {
    operations: {
      borrow: async () => {
        const all: Promise<void>[] = [];
        for (let index = 0; index < users; index++) all.push(user());
        await Promise.all(all);
        return users;
      },
    },
    close: async () => void (await pool.close()),
  };
}

const newResource = async (): Promise<Resource> => ({ borrowed: false });
const destroy = async (): Promise<void> => {};

type Create = () => Promise<Resource>;

const makers: Readonly<Record<(typeof names)[number], (create: Create) => PoolPeer | Promise<PoolPeer>>> = {
  perfkit: (create) => {
    const pool = createPool<Resource>({ create, destroy, max });
    return {
      acquire: () => pool.acquire(),
      release: (resource) => pool.release(resource),
      close: () => pool.drain(),
    };
  },
  'generic-pool': (create) => genericPool(create),
  // As ours and tarn come: with a limit to how long a borrower waits.
  'generic-pool-limited': (create) => genericPool(create, 30_000),
  tarn: async (create) => {
    const { Pool } = await importPeer('tarn', () => import('tarn'));
    const pool = new Pool<Resource>({ create, destroy, min: 0, max });
    return {
      acquire: () => pool.acquire().promise,
      release: (resource) => pool.release(resource),
      close: () => pool.destroy(),
    };
  },
};

async function genericPool(create: Create, acquireTimeoutMillis?: number): Promise<PoolPeer> {
  const { default: generic } = await importPeer('generic-pool', () => import('generic-pool'));
  const limit = acquireTimeoutMillis === undefined ? {} : { acquireTimeoutMillis };
  const pool = generic.createPool<Resource>({ create, destroy }, { max, ...limit });
  return {
    acquire: () => pool.acquire(),
    release: (resource) => pool.release(resource),
    close: async () => {
      await pool.drain();
      await pool.clear();
    },
  };
}

/** Never more than `max` resources, none lent twice, waiters served in the order they came. */
async function check(make: (typeof makers)[keyof typeof makers]): Promise<void> {
  let created = 0;
  const pool = await make(async () => {
    created++;
    return { borrowed: false };
  });
  const served: number[] = [];
  const borrow = async (place: number): Promise<void> => {
    const resource = await pool.acquire();
    served.push(place);
    if (resource.borrowed) throw new Error('Wrong answer: a resource that is lent already');
    resource.borrowed = true;
    await Promise.resolve();
    resource.borrowed = false;
    await pool.release(resource);
  };
  await Promise.all(Array.from({ length: 100 }, (_, place) => borrow(place)));
  await pool.close();
  if (created > max) throw new Error(`Wrong answer: ${created} resources in a pool of ${max}`);
  if (served.length !== 100 || served.some((place, index) => place !== index))
    throw new Error(`Wrong answer: waiters were not served in the order they came: ${served.join(' ')}`);
}
