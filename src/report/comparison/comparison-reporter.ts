import type { Comparison } from '../../model/comparison.ts';
import type { ReportOptions } from '../reporter.ts';

/** The seam: a pure function from a comparison to text. */
export type ComparisonReporter = (comparison: Comparison, options: ReportOptions) => string;
