import type { RunResult, SuiteResult } from '../model/result.ts';

/** The seam: a pure function from a document to text. It never asks whether a result came from bench or load. */
export type Reporter = (document: RunResult | SuiteResult, options: ReportOptions) => string;

export interface ReportOptions {
  /** 0 no colour, 1 16 colours, 2 256, 3 true colour. */
  readonly colourLevel: 0 | 1 | 2 | 3;
  /** Columns of the terminal. */
  readonly width: number;
}

/** The runs in a document: one, or a suite's. */
export function resultsOf(document: RunResult | SuiteResult): readonly RunResult[] {
  return document.schema === 'perfkit/suite@1' ? document.results : [document];
}
