import type { PairedRun } from '../../model/paired.ts';
import type { ReportOptions } from '../reporter.ts';

/** The seam: a pure function from a paired run to text. */
export type PairedReporter = (run: PairedRun, options: ReportOptions) => string;
