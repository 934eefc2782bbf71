import { stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { PerfkitError } from '../model/errors.ts';
import type { BenchPlan, SubjectPlan } from '../model/plan.ts';
import { isInside } from '../plan/read/module-path.ts';
import type { Arm, ArmPlan } from './arm.ts';

export interface ArmPlans {
  readonly base: ArmPlan;
  readonly head: ArmPlan;
  /** Subjects that are not compared, and why. */
  readonly notes: readonly string[];
}

/**
 * The plan of a scenario, which is the head's, for either side: the same work, with modules from the same place below
 * the folder of each. Subjects that would be the same code on both sides are left out. Throws PerfkitError when that
 * leaves none, or the base lacks a module.
 */
export async function planArms(plan: BenchPlan, base: Arm, head: Arm): Promise<ArmPlans> {
  const own = plan.subjects.filter((subject) => differs(subject, plan, base, head));
  const others = plan.subjects.filter((subject) => !own.includes(subject));
  if (own.length === 0) throw nothingOfTheArms(plan, others, base, head);
  const compared: BenchPlan = { ...plan, subjects: own };
  const inBase = await moveTo(compared, head, base);
  return {
    base: { label: base.label, revision: base.revision, package: base.package, plan: inBase },
    head: { label: head.label, revision: head.revision, package: head.package, plan: compared },
    notes:
      others.length === 0
        ? []
        : [`left out, the same code on both sides: ${others.map((subject) => describe(subject)).join(', ')}`],
  };
}

/** Whether a subject is made of anything that comes from the arms. */
function differs({ use }: SubjectPlan, plan: BenchPlan, base: Arm, head: Arm): boolean {
  if (use.kind === 'driver') return false;
  if (base.package !== null || head.package !== null) return true;
  if (base.root === head.root) return false;
  return isPackage(use.module) || isInside(resolve(plan.scenario.folder, use.module), head.root);
}

async function moveTo(plan: BenchPlan, head: Arm, base: Arm): Promise<BenchPlan> {
  if (base.root === head.root) return plan;
  const folder = isWithin(plan.scenario.folder, head.root)
    ? join(base.root, relative(head.root, plan.scenario.folder))
    : base.root;
  const missing: string[] = [];
  for (const { name, use } of plan.subjects) {
    if (use.kind === 'driver' || isPackage(use.module)) continue;
    const found = await stat(resolve(folder, use.module)).catch(() => null);
    if (found?.isFile() !== true) missing.push(`${use.module} (subject ${name})`);
  }
  if (missing.length > 0) {
    throw new PerfkitError(
      'target',
      `${plan.scenario.name}: the base ${base.label} has no ${missing.join(', ')}: there is nothing to compare the head with; use a base that has ${missing.length === 1 ? 'it' : 'them'}`,
    );
  }
  return { ...plan, scenario: { ...plan.scenario, folder } };
}

function nothingOfTheArms(
  plan: BenchPlan,
  subjects: readonly SubjectPlan[],
  base: Arm,
  head: Arm,
): PerfkitError {
  const what = subjects.map((subject) => describe(subject)).join(', ');
  const from =
    base.root === head.root && base.package === null
      ? 'both sides are the same folder'
      : `nothing of it comes from ${base.label} or ${head.label}`;
  return new PerfkitError(
    'usage',
    `${plan.scenario.name}: ${from}, so both sides would be the same code (${what}); name subjects by a module of the project (use: ./file.ts#export) or a package`,
  );
}

function describe({ name, use }: SubjectPlan): string {
  return use.kind === 'driver'
    ? `${name} is the driver ${use.driver} of the perfkit that runs`
    : `${name} is ${use.module}`;
}

function isPackage(module: string): boolean {
  return !/^\.\.?[\\/]/.test(module);
}

function isWithin(folder: string, root: string): boolean {
  return folder === root || isInside(folder, root);
}
