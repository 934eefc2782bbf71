import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { BenchPlan, SubjectPlan } from '../../src/model/plan.ts';
import { planArms } from '../../src/pairs/plan-arm.ts';
import type { Arm } from '../../src/pairs/arm.ts';
import { driver, fixture, planFor } from '../bench/plan-for.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const home = temporaryFolder();

function arm(label: string, files: readonly string[] = ['bench/a.mjs']): Arm {
  const root = join(home, label);
  mkdirSync(join(root, 'bench'), { recursive: true });
  for (const file of files) writeFileSync(join(root, file), '');
  return { label, revision: null, root, cwd: root, package: null, notes: [] };
}

function planIn({ root }: Arm, subjects: readonly SubjectPlan[]): BenchPlan {
  const plan = planFor(subjects);
  return { ...plan, scenario: { ...plan.scenario, folder: join(root, 'bench') } };
}

const own = fixture('function', 'a', './a.mjs');

describe('planArms', () => {
  test('looks for modules at the same place below the folder of each version', async () => {
    const [base, head] = [arm('base'), arm('head')];
    const { base: before, head: after, notes } = await planArms(planIn(head, [own]), base, head);
    assert.equal(before.plan.scenario.folder, join(base.root, 'bench'));
    assert.equal(after.plan.scenario.folder, join(head.root, 'bench'));
    assert.deepEqual(before.plan.subjects, after.plan.subjects);
    assert.deepEqual(notes, []);
  });

  test('leaves out what would be the same code on both sides, and says so', async () => {
    const [base, head] = [arm('base'), arm('head')];
    const { head: after, notes } = await planArms(planIn(head, [own, driver('noop')]), base, head);
    assert.deepEqual(after.plan.subjects, [own]);
    assert.deepEqual(notes, [
      'left out, the same code on both sides: noop is the driver noop of the perfkit that runs',
    ]);
  });

  test('refuses when nothing is left, and when both sides are the same folder', async () => {
    const [base, head] = [arm('base'), arm('head')];
    await assert.rejects(planArms(planIn(head, [driver('noop')]), base, head), {
      code: 'usage',
      message: /nothing of it comes from base or head/,
    });
    await assert.rejects(planArms(planIn(head, [own]), head, head), /both sides are the same folder/);
  });

  test('refuses a scenario from outside of the versions', async () => {
    const [base, head] = [arm('base'), arm('head')];
    const outside = arm('outside');
    await assert.rejects(planArms(planIn(outside, [own]), base, head), /nothing of it comes from/);
  });

  test('names every module that the base lacks', async () => {
    const [base, head] = [arm('empty', []), arm('head', ['bench/a.mjs', 'bench/b.mjs'])];
    const subjects = [own, fixture('function', 'b', './b.mjs')];
    await assert.rejects(planArms(planIn(head, subjects), base, head), {
      code: 'target',
      message: /the base empty has no \.\/a\.mjs \(subject a\), \.\/b\.mjs \(subject b\)/,
    });
  });

  test('versions of a package share the files of the head', async () => {
    const head = { ...arm('head'), package: { name: 'dep', folder: '/new' } };
    const base = { ...head, label: 'dep@1', package: { name: 'dep', folder: '/old' } };
    const { base: before } = await planArms(planIn(head, [own]), base, head);
    assert.equal(before.plan.scenario.folder, join(head.root, 'bench'));
    assert.deepEqual(before.package, { name: 'dep', folder: '/old' });
  });
});
