import type { Path } from '../problems/problem.ts';
import type { Profile } from './profiles.ts';

/** Names that a scenario may use and that live in folders which the planner does not import. */
export interface KnownNames {
  /** Built-in drivers for `use:`. */
  readonly drivers: readonly string[];
  /** Built-in servers for `target.http: builtin:NAME`. */
  readonly servers: readonly string[];
  /** What each of these can be told when it is started; absent: nothing. */
  readonly serverOptions?: Readonly<Record<string, KnownOptions>>;
}

/** Options that something has, and what their values may be. */
interface KnownOptions {
  readonly names: readonly string[];
  /** What the value should have been; null when it will do. */
  readonly expected: (name: string, value: string | number | boolean) => string | null;
}

/** What the command line says in place of the scenario; times in ns. */
export interface Overrides {
  readonly warmupNs?: number | undefined;
  /** Time of one bench round, or of every load phase. */
  readonly forNs?: number | undefined;
  readonly rounds?: number | undefined;
  readonly isolate?: 'process' | 'none' | undefined;
  /** Threads of a load. */
  readonly workers?: number | undefined;
  /** What a host other than this machine may get at most, a second. */
  readonly maxRatePerSecond?: number | undefined;
  readonly maxConnections?: number | undefined;
  /** A search will raise the rate up to this. */
  readonly searchToRatePerSecond?: number | undefined;
}

/** Addresses of a name. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** What turns a scenario into a plan beside the scenario itself. */
export interface PlanContext {
  readonly file: string | null;
  /** Absolute; modules are relative to it. */
  readonly folder: string;
  readonly cwd: string;
  readonly known: KnownNames;
  readonly profile: Profile;
  readonly seed: number | null;
  readonly overrides: Overrides;
  /** Addresses of a name; rejects for one that has none. */
  readonly lookup: Lookup;
  /** Say what is wrong with the value at `path`, `offset` characters into its text; planning goes on to find the rest. */
  readonly report: (path: Path, message: string, offset?: number) => void;
  /** 1-based line of a value; null without a file. */
  readonly lineOf: (path: Path) => number | null;
}

/** Used when neither the command line nor the scenario gives one, so that two runs do the same. */
export const defaultSeed = 1;
