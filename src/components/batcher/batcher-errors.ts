/** The queue holds all it may; try again when some of it is done, or raise `maxQueue`. */
export class QueueFullError extends Error {
  constructor(maxQueue: number) {
    super(
      `Expected fewer than ${maxQueue} waiting items (\`maxQueue\`), got one more: add slower than the handler works.`,
    );
    this.name = 'QueueFullError';
  }
}

/** An item that had waited longest in a full queue made room for another (`overflow: 'drop-oldest'`). */
export class ItemDroppedError extends Error {
  constructor(maxQueue: number) {
    super(
      `Expected fewer than ${maxQueue} waiting items (\`maxQueue\`), got one more: this one was dropped for it.`,
    );
    this.name = 'ItemDroppedError';
  }
}

/** No result in time, over all attempts. What the last attempt failed with, if there was one, is the cause. */
export class DeliveryTimeoutError extends Error {
  constructor(timeoutMs: number, attempts: number, options?: ErrorOptions) {
    super(
      `Expected a result within ${timeoutMs} ms (\`deliveryTimeoutMs\`), got none; handed over ${attempts} times.`,
      options,
    );
    this.name = 'DeliveryTimeoutError';
  }
}

export class BatcherClosedError extends Error {
  constructor() {
    super('Expected an open batcher, got one that was closed: add before close().');
    this.name = 'BatcherClosedError';
  }
}

/** The handler broke its contract, so that no item of its batch has a result. */
export class BatchResultError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BatchResultError';
  }
}
