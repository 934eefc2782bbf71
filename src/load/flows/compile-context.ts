import type { LoadPlan } from '../../model/plan.ts';

/** What the steps of one flow are compiled with. */
export interface CompileContext {
  readonly plan: LoadPlan;
  readonly origin: URL;
  readonly userAgent: string;
  /** Where `${secret:NAME}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of a capture to its position in `Session.captured`. */
  readonly slots: ReadonlyMap<string, number>;
  /** Names of the sources of data by their position in `Session.rows`. */
  readonly sources: readonly string[];
  /** The flow keeps cookies. */
  readonly cookies: boolean;
}
