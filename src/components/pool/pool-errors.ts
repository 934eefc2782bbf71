/** No resource came free in time: borrowers hold them too long, or `max` is too small, or none can be created (then the cause says why). */
export class AcquireTimeoutError extends Error {
  constructor(timeoutMs: number, situation: string, options?: ErrorOptions) {
    super(
      `Expected a resource within ${timeoutMs} ms (\`acquireTimeoutMs\`), got none: ${situation}.`,
      options,
    );
    this.name = 'AcquireTimeoutError';
  }
}

export class CreateTimeoutError extends Error {
  constructor(timeoutMs: number) {
    super(`Expected \`create\` to make a resource within ${timeoutMs} ms (\`createTimeoutMs\`), got none.`);
    this.name = 'CreateTimeoutError';
  }
}

export class ValidateTimeoutError extends Error {
  constructor(timeoutMs: number) {
    super(`Expected \`validate\` to answer within ${timeoutMs} ms (\`validateTimeoutMs\`), but it did not.`);
    this.name = 'ValidateTimeoutError';
  }
}

export class DestroyTimeoutError extends Error {
  constructor(timeoutMs: number) {
    super(`Expected \`destroy\` to be done within ${timeoutMs} ms (\`destroyTimeoutMs\`), but it was not.`);
    this.name = 'DestroyTimeoutError';
  }
}

/** As many borrowers wait as may; try again later, or raise `maxWaiting` or `max`. */
export class PoolFullError extends Error {
  constructor(maxWaiting: number, situation: string) {
    super(
      `Expected fewer than ${maxWaiting} waiting borrowers (\`maxWaiting\`), got one more: ${situation}.`,
    );
    this.name = 'PoolFullError';
  }
}

export class PoolClosedError extends Error {
  constructor() {
    super('Expected an open pool, got one that is drained or destroyed.');
    this.name = 'PoolClosedError';
  }
}

/** A resource was given back that its pool had not lent. */
export class NotBorrowedError extends Error {
  constructor(problem: string) {
    super(`Expected a resource that is borrowed from this pool, got one that ${problem}.`);
    this.name = 'NotBorrowedError';
  }
}
