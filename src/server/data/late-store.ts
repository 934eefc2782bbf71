import type { Store } from '../../components/store/index.ts';

/** What the server needs of a store. */
export type PatternStore = Pick<Store, 'get' | 'putMany' | 'query' | 'close'>;

/**
 * A store that is being filled: calls wait until it is, and reject with why when it could not be. Closing it cuts the
 * filling short; `onFailure` hears of any other failure, once.
 */
export function createLateStore(
  store: PatternStore,
  filled: Promise<void>,
  onFailure: (error: unknown) => void,
): PatternStore {
  let isClosing = false;
  filled.catch((error: unknown) => {
    if (!isClosing) onFailure(error);
  });
  return {
    async get(id) {
      await filled;
      return store.get(id);
    },
    async putMany(patterns) {
      await filled;
      await store.putMany(patterns);
    },
    async query(query) {
      await filled;
      return store.query(query);
    },
    async close() {
      isClosing = true;
      await store.close();
      await filled.catch(() => undefined);
    },
  };
}
