import type { HistoryReport } from '../../model/history.ts';
import type { ReportOptions } from '../reporter.ts';

/** The seam: a pure function from a history to text. */
export type HistoryReporter = (history: HistoryReport, options: ReportOptions) => string;
