/** What a step looks for in a reply, and what it sends beside text. Plain data; part of a StepPlan. */
export interface CapturePlan {
  /** Later steps of the flow have it as `${captured:name}`. */
  readonly name: string;
  readonly source: CaptureSource;
}

export type CaptureSource =
  | { readonly from: 'json'; readonly path: JsonPath }
  | { readonly from: 'header'; readonly header: string }
  /** The first group of the pattern, or all that it matches when it has none. */
  | { readonly from: 'regex'; readonly pattern: string }
  /** Set by this reply. */
  | { readonly from: 'cookie'; readonly cookie: string };

/**
 * `$.items[*].id` as names, indexes (negative ones count from the end) and null for the wildcard: the first element
 * in which the rest of the path is found.
 */
export type JsonPath = readonly (string | number | null)[];

/** Texts may hold variables. */
export interface ExpectPlan {
  readonly headers: readonly { readonly name: string; readonly value: TextExpectation }[];
  readonly body: readonly TextExpectation[];
  /** `value` is JSON text. */
  readonly json: readonly { readonly path: JsonPath; readonly shown: string; readonly value: string }[];
}

export type TextExpectation =
  | { readonly kind: 'equals' | 'contains'; readonly text: string }
  /** Somewhere in the text. */
  | { readonly kind: 'matches'; readonly pattern: string };

/** A body that is more than a text. Files are relative to the scenario's folder. */
export type ContentPlan =
  | { readonly kind: 'file'; readonly file: FilePlan }
  | { readonly kind: 'multipart'; readonly parts: readonly PartPlan[] };

export type PartPlan =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly file: FilePlan; readonly filename: string; readonly type: string };

export interface FilePlan {
  /** As written. */
  readonly path: string;
  readonly bytes: number;
}

/** A source of rows; a flow that names one of its columns draws a row at its start. */
export interface DataPlan {
  readonly name: string;
  /** As written; relative to the scenario's folder. */
  readonly file: string;
  /** `json`: a list of objects, read as a whole. `lines`: an object a line. */
  readonly format: 'csv' | 'json' | 'lines';
  readonly bytes: number;
  /** In turn and from the top again; drawn with the seed; or each row once, then flows that need one end. */
  readonly pick: 'sequential' | 'random' | 'once';
}

/** A function of a module that carries out a whole flow. */
export interface CallPlan {
  readonly module: string;
  readonly export: string;
  /** Sources of data that it gets a row of at its start. */
  readonly data: readonly string[];
}
