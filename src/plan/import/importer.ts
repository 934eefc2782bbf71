import type { SecretBox } from './secret-box.ts';

/**
 * The seam of `perfkit init load --from NAME`: a text to the requests in it. Throws PerfkitError, with the place in the
 * text, when it is not what it should be. Never reads a file, never calls anybody.
 */
export type Importer = (input: ImportInput) => Imported;

export interface ImportInput {
  readonly text: string;
  /** Name of the file, for messages. */
  readonly file: string;
  /** Values that must not appear in the scenario are put here; what stands for them goes into the requests. */
  readonly secrets: SecretBox;
  /** HAR: keep images, fonts, styles and scripts. */
  readonly keepStatic: boolean;
}

export interface Imported {
  /** In order; requests of a flow are sent one after the other. */
  readonly flows: readonly ImportedFlow[];
  /** What was left out or needs a look, one sentence each. */
  readonly notes: readonly string[];
  /** Names the scenario; null: the host does. */
  readonly title: string | null;
}

interface ImportedFlow {
  readonly name: string;
  readonly requests: readonly ImportedRequest[];
}

export interface ImportedRequest {
  readonly method: string;
  /** Absolute. May hold what `SecretBox.hold` gave, but for the host. */
  readonly url: string;
  /** As recorded, all of them; a name may come twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
  /** Status codes that are right; empty: 200 to 399. */
  readonly status: readonly number[];
  /** Null: the method and path name it. */
  readonly name: string | null;
  /** For people, beside the step. */
  readonly comment: string | null;
}
