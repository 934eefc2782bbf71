/** What one user knows while a flow runs: an arrival of an open phase is a new user. */
export interface Session {
  /** Values captured by steps before, and the row of data of this flow. */
  readonly variables: Map<string, string>;
  /** Flows that this user has started before this one. */
  iteration: number;
}
