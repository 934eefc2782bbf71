/** The store was closed before the call. */
export class StoreClosedError extends Error {
  constructor() {
    super('Expected an open store, got one that was closed: open it again.');
    this.name = 'StoreClosedError';
  }
}

/** A write of several stopped: the first `written` rows are kept, none of the others is. `cause` tells why. */
export class PartialWriteError extends Error {
  readonly written: number;

  constructor(written: number, rows: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Expected to write ${rows} rows, got as far as ${written}: ${why}`, { cause });
    this.name = 'PartialWriteError';
    this.written = written;
  }
}

/** The store's driver is an optional package, and it is not installed. */
export class MissingDriverError extends Error {
  constructor(driver: string, options: ErrorOptions) {
    super(
      `Expected the package ${driver} to be installed, got none: run \`npm install ${driver}\`.`,
      options,
    );
    this.name = 'MissingDriverError';
  }
}
