/** The queue holds all it may; try again when some of it is done, or raise `maxQueue`. */
export class QueueFullError extends Error {
  constructor(maxQueue: number) {
    super(
      `Expected fewer than ${maxQueue} waiting items (\`maxQueue\`), got one more: add slower than the handler works.`,
    );
    this.name = 'QueueFullError';
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
