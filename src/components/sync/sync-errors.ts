/** A message that is not what the format says; `path` is where. */
export class MessageError extends Error {
  constructor(path: string, what: string, got: string) {
    super(`Expected \`${path}\` to be ${what}, got ${got}.`);
    this.name = 'MessageError';
  }
}

/** A client's changes are missing: the log is an older copy of the one that the client knew, or two clients have one id. */
export class SequenceGapError extends Error {
  readonly expectedSequence: number;

  constructor(clientId: string, expectedSequence: number, sequence: number) {
    super(
      `Expected change ${expectedSequence} of client ${JSON.stringify(clientId)} next, got ${sequence}: ` +
        'give the client a new id, or restore the changes that are missing.',
    );
    this.name = 'SequenceGapError';
    this.expectedSequence = expectedSequence;
  }
}

/** The offline queue has as many changes as it may have; sync first. */
export class OfflineQueueFullError extends Error {
  constructor(maxChanges: number) {
    super(`Expected room in the offline queue, got one with ${maxChanges} changes, its most: sync first.`);
    this.name = 'OfflineQueueFullError';
  }
}

/** A sealed payload that cannot be opened: `format`: it is none; `key`: its key is not here; `forged`: it was changed. */
export class SealError extends Error {
  readonly reason: 'format' | 'key' | 'forged';

  constructor(reason: 'format' | 'key' | 'forged', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SealError';
    this.reason = reason;
  }
}

/** No reply within the time that an attempt may take. */
export class SyncTimeoutError extends Error {
  constructor(timeoutMs: number) {
    super(`Expected a reply within ${timeoutMs} ms, got none.`);
    this.name = 'SyncTimeoutError';
  }
}
