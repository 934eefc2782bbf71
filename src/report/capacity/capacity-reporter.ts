import type { CapacitiesResult } from '../../model/capacities.ts';
import type { CapacityResult } from '../../model/capacity.ts';
import type { ReportOptions } from '../reporter.ts';

/** A pure function from a capacity search to text. */
export type CapacityReporter = (result: CapacityResult, options: ReportOptions) => string;

/** The same for the searches of several subjects. */
export type CapacitiesReporter = (result: CapacitiesResult, options: ReportOptions) => string;
