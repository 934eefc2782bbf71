import { annotationsOf } from '../ci/github.ts';
import { pairedFindings } from './paired-findings.ts';
import type { PairedReporter } from './paired-reporter.ts';

/** GitHub's workflow commands for a paired run: an annotation for each series that keeps it from passing. Nothing when it passes. */
export const pairedGithub: PairedReporter = (run, { sourcePath }) =>
  annotationsOf(pairedFindings(run), sourcePath);
