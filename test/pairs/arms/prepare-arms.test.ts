import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { parseArm, parseRefs } from '../../../src/pairs/arms/arm-source.ts';
import type { ArmSources } from '../../../src/pairs/arms/arm-source.ts';
import { prepareArms } from '../../../src/pairs/arms/prepare-arms.ts';
import type { PreparedArms, PrepareArmsOptions } from '../../../src/pairs/arms/prepare-arms.ts';
import { commit, gitIn, repositoryWith, worktreesOf, write } from '../../helpers/git-repository.ts';

async function withArms(
  sources: ArmSources,
  cwd: string,
  check: (arms: PreparedArms) => void | Promise<void>,
  changes: Partial<PrepareArmsOptions> = {},
): Promise<void> {
  const signal = new AbortController().signal;
  const usual = { cwd, build: { kind: 'script' }, signal, say: () => undefined } as const;
  const arms = await prepareArms(sources, { ...usual, ...changes });
  try {
    await check(arms);
  } finally {
    await arms.dispose();
  }
}

function read(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}

/** A process that has ended long ago. */
const deadPid = 4_000_000;

describe('prepareArms', () => {
  test('checks refs out, and leaves neither folder nor record of them', async () => {
    const cwd = repositoryWith({ 'a.txt': 'one' }, { 'a.txt': 'two' });
    let folder = '';
    await withArms(parseRefs('HEAD~1..HEAD'), cwd, ({ base, head }) => {
      folder = base.root;
      assert.equal(read(base.root, 'a.txt'), 'one');
      assert.equal(read(head.root, 'a.txt'), 'two');
      assert.equal(base.revision, gitIn(cwd, 'rev-parse', 'HEAD~1'));
      assert.deepEqual(worktreesOf(cwd), [base.root, head.root]);
    });
    assert.equal(existsSync(folder), false);
    assert.deepEqual(worktreesOf(cwd), []);
  });

  test('three dots take the commit at which the two parted', async () => {
    const cwd = repositoryWith({ 'a.txt': 'one' });
    gitIn(cwd, 'checkout', '--quiet', '-b', 'topic');
    commit(cwd, { 'b.txt': 'topic' });
    gitIn(cwd, 'checkout', '--quiet', 'main');
    commit(cwd, { 'a.txt': 'later on main' });
    await withArms(parseRefs('main...topic'), cwd, ({ base, head }) => {
      assert.equal(read(base.root, 'a.txt'), 'one');
      assert.equal(read(head.root, 'b.txt'), 'topic');
      assert.equal(base.label, 'merge base with main');
    });
  });

  test('a folder inside the working tree stands for all of it beside a ref', async () => {
    const cwd = repositoryWith({ 'sub/a.txt': 'one' });
    write(cwd, { 'sub/a.txt': 'changed' });
    const sources = { base: parseArm('main', '--base'), head: parseArm('.', '--head') };
    await withArms(sources, join(cwd, 'sub'), ({ base, head }) => {
      assert.equal(head.root, cwd);
      assert.equal(head.cwd, join(cwd, 'sub'));
      assert.equal(read(base.cwd, 'a.txt'), 'one');
      assert.equal(read(head.cwd, 'a.txt'), 'changed');
    });
  });

  test('links the installed packages, and workspaces to where they lie in the version', async () => {
    const cwd = repositoryWith({ 'packages/own/index.js': 'one', '.gitignore': 'node_modules' });
    write(cwd, { 'node_modules/dep/index.js': 'dep', 'node_modules/@s/part/index.js': 'part' });
    symlinkSync(join('..', 'packages', 'own'), join(cwd, 'node_modules', 'own'));
    mkdirSync(join(cwd, 'packages', 'own', 'node_modules', 'inner'), { recursive: true });
    commit(cwd, { 'packages/own/index.js': 'two' });
    await withArms(parseRefs('HEAD~1..HEAD'), cwd, ({ base, head }) => {
      const modules = join(base.root, 'node_modules');
      assert.equal(realpathSync(join(modules, 'dep')), join(cwd, 'node_modules', 'dep'));
      assert.equal(realpathSync(join(modules, '@s', 'part')), join(cwd, 'node_modules', '@s', 'part'));
      assert.equal(read(modules, 'own', 'index.js'), 'one');
      assert.equal(read(head.root, 'node_modules', 'own', 'index.js'), 'two');
      assert.deepEqual(readdirSync(join(base.root, 'packages', 'own', 'node_modules')), ['inner']);
    });
    assert.equal(read(cwd, 'node_modules', 'dep', 'index.js'), 'dep');
  });

  test('a lock file of another tool that differs is refused', async () => {
    const cwd = repositoryWith({ 'pnpm-lock.yaml': 'one' }, { 'pnpm-lock.yaml': 'two' });
    await assert.rejects(
      withArms(parseRefs('HEAD~1..HEAD'), cwd, () => undefined),
      {
        code: 'usage',
        message: /HEAD~1: its pnpm-lock\.yaml differs .* installs with npm only/,
      },
    );
    assert.deepEqual(worktreesOf(cwd), []);
  });

  test('a build that fails leaves nothing behind', async () => {
    const cwd = repositoryWith({ 'package.json': '{"scripts":{"build":"echo broken >&2; exit 3"}}' });
    await assert.rejects(
      withArms(parseRefs('HEAD..HEAD'), cwd, () => undefined),
      {
        code: 'target',
        message: /HEAD: the build failed \(npm run build, exit code 3\)[^]*\| broken/,
      },
    );
    assert.deepEqual(worktreesOf(cwd), []);
    const none = { build: { kind: 'none' } } as const;
    await withArms(parseRefs('HEAD..HEAD'), cwd, ({ base }) => assert.ok(existsSync(base.root)), none);
  });

  test('hooks of the repository are not run', async () => {
    const cwd = repositoryWith({ 'a.txt': 'one' });
    const hook = join(cwd, '.git', 'hooks', 'post-checkout');
    mkdirSync(join(cwd, '.git', 'hooks'), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\ntouch ${join(cwd, 'hooked')}\n`, { mode: 0o755 });
    await withArms(parseRefs('HEAD..HEAD'), cwd, () => undefined);
    assert.equal(existsSync(join(cwd, 'hooked')), false);
  });

  test('removes what a killed run has left, and no worktree of the user', async () => {
    const cwd = repositoryWith({ 'a.txt': 'one' });
    const left = join(realpathSync(tmpdir()), `perfkit-arms-left${process.pid}`);
    mkdirSync(left, { recursive: true });
    gitIn(cwd, 'worktree', 'add', '--quiet', '--detach', join(left, 'base'), 'HEAD');
    writeFileSync(join(left, 'owner.json'), JSON.stringify({ pid: deadPid }));
    const own = join(temporaryFolder(), 'own');
    gitIn(cwd, 'worktree', 'add', '--quiet', '--detach', own, 'HEAD');
    await withArms(parseRefs('HEAD..HEAD'), cwd, () => undefined);
    assert.equal(existsSync(left), false);
    assert.deepEqual(worktreesOf(cwd), [own]);
  });

  test('leaves alone what belongs to a run that goes on', async () => {
    const cwd = repositoryWith({ 'a.txt': 'one' });
    await withArms(parseRefs('HEAD..HEAD'), cwd, async ({ base }) => {
      await withArms(parseRefs('HEAD..HEAD'), cwd, () => undefined);
      assert.ok(existsSync(base.root));
      assert.ok(worktreesOf(cwd).includes(base.root));
    });
  });

  test('an abort while it builds stops the build and cleans up', async () => {
    const cwd = repositoryWith({ 'a.txt': 'one' });
    const controller = new AbortController();
    const build = { kind: 'command', command: 'echo started; exec sleep 60' } as const;
    const say = (text: string): void => {
      if (text.includes('head') || text.includes('base')) setImmediate(() => controller.abort());
    };
    await assert.rejects(
      withArms(parseRefs('HEAD..HEAD'), cwd, () => undefined, { build, say, signal: controller.signal }),
      /interrupted/,
    );
    assert.deepEqual(worktreesOf(cwd), []);
  });
});
