import type { PackageFolder } from '../bench/rounds/round-result.ts';
import type { PairedArm } from '../model/paired.ts';
import type { BenchPlan } from '../model/plan.ts';

/** One of the two versions, ready to be measured. */
export interface Arm extends PairedArm {
  /** Folder of the version: what a path of the head's folder is looked for in; absolute. */
  readonly root: string;
  /** Where perfkit was started, as it is in the version: names of scenarios are relative to it. */
  readonly cwd: string;
  /** The version is that of a package: its imports lead there. */
  readonly package: PackageFolder | null;
  /** What one should know of it. */
  readonly notes: readonly string[];
}

/** What of a scenario is measured in an arm. */
export interface ArmPlan extends PairedArm {
  readonly plan: BenchPlan;
  readonly package: PackageFolder | null;
}
