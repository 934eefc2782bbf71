/** Operations counted once each: arrivals = ok + errors + dropped + cut, and those still in flight. */
export interface Totals {
  arrivals: number;
  ok: number;
  /** Time-outs included. */
  errors: number;
  dropped: number;
  /** Still in flight or waiting when the run ended. */
  cut: number;
}
