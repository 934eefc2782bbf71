/** A server that perfkit brings along, while it runs. */
export interface BuiltInServer {
  readonly port: number;
  /** After what is under way. */
  readonly stop: () => Promise<void>;
}

/** Settings by name. */
export type BuiltInServerOptions = Readonly<Record<string, string | number | boolean>>;

/** Starts it on a free port of the loopback. May throw PerfkitError. */
export type StartBuiltInServer = (options: BuiltInServerOptions) => Promise<BuiltInServer>;

/** What a server can be told when it is started. */
export interface KnownServerOptions {
  readonly names: readonly string[];
  /** What a value of one of the names should have been; null when it will do. */
  readonly expected: (name: string, value: string | number | boolean) => string | null;
}
