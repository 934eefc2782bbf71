/** What is watched of the server while it is under load. */
export interface ServerPlan {
  /** Time between two readings. */
  readonly everyNs: number;
  /** Null: nothing is scraped. */
  readonly scrape: ScrapePlan | null;
  /** Id of a process of this machine; `builtin`: of the built-in server (a subject may name another); null for none. */
  readonly process: number | 'builtin' | null;
}

/** A page in the text format of Prometheus. */
export interface ScrapePlan {
  /** `http://host:port`; null for that of the target. */
  readonly origin: string | null;
  /** Path and query. */
  readonly path: string;
  /** Values may hold `${secret:NAME}`. */
  readonly headers: readonly (readonly [string, string])[];
  /** HTTP basic authentication (RFC 7617). */
  readonly basicAuth?: { readonly user: string; readonly password: string };
  /** A token that is sent as `Authorization: Bearer` (RFC 6750). */
  readonly bearer?: string;
  /** Names of metrics, `*` for any part; empty: all. Those in targets are kept in any case. */
  readonly keep: readonly string[];
  /** Series that are kept at most. */
  readonly maxSeries: number;
}
