import type { CapacityResult } from '../../model/capacity.ts';
import type { ReportOptions } from '../reporter.ts';

/** A pure function from a capacity search to text. */
export type CapacityReporter = (result: CapacityResult, options: ReportOptions) => string;
