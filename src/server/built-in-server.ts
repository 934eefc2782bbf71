/** A server that perfkit brings along, while it runs. */
export interface BuiltInServer {
  readonly port: number;
  /** After what is under way. */
  readonly stop: () => Promise<void>;
}

/** Starts it on a free port of the loopback. May throw PerfkitError. */
export type StartBuiltInServer = () => Promise<BuiltInServer>;
