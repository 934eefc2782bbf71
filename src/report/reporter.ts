import type { RunResult, SuiteResult } from '../model/result.ts';

/** The seam: a pure function from a document to text. It never asks whether a result came from bench or load. */
export type Reporter = (document: RunResult | SuiteResult, options: ReportOptions) => string;

export interface ReportOptions {
  /** 0 no colour, 1 16 colours, 2 256, 3 true colour. */
  readonly colourLevel: 0 | 1 | 2 | 3;
  /** Columns of the terminal. */
  readonly width: number;
  /** Path of a scenario file in the repository, for annotations; null when it lies outside. Default: as it was given. */
  readonly sourcePath?: (file: string) => string | null;
}

/** A report of several files, one after the other: their names, which hold no folder, and their texts. */
export type FolderReporter = (document: RunResult | SuiteResult) => Iterable<ReportFile>;

export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

/** The runs in a document: one, or a suite's. */
export function resultsOf(document: RunResult | SuiteResult): readonly RunResult[] {
  return document.schema === 'perfkit/suite@1' ? document.results : [document];
}
