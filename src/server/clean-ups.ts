/** What has to be undone at the end: the last first. */
export interface CleanUps {
  readonly add: (cleanUp: () => unknown) => void;
  /** All of them, one after the other, even if some fail; then throws what the first of those threw. */
  readonly run: () => Promise<void>;
}

export function createCleanUps(): CleanUps {
  const cleanUps: (() => unknown)[] = [];
  return {
    add: (cleanUp) => void cleanUps.push(cleanUp),
    async run() {
      const failures: unknown[] = [];
      for (let next = cleanUps.pop(); next !== undefined; next = cleanUps.pop()) {
        try {
          await next();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
