import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseArm, parseRefs } from '../../../src/pairs/arms/arm-source.ts';
import { PerfkitError } from '../../../src/model/errors.ts';

describe('parseArm', () => {
  test('tells refs, folders and packages apart', () => {
    assert.deepEqual(parseArm('main', '--base'), { kind: 'ref', ref: 'main' });
    assert.deepEqual(parseArm('origin/feature/x-1', '--base'), { kind: 'ref', ref: 'origin/feature/x-1' });
    assert.deepEqual(parseArm('HEAD~2', '--base'), { kind: 'ref', ref: 'HEAD~2' });
    assert.deepEqual(parseArm('v1.0^{commit}', '--base'), { kind: 'ref', ref: 'v1.0^{commit}' });
    for (const path of ['.', '..', './old', '../old', '/srv/old'])
      assert.deepEqual(parseArm(path, '--base'), { kind: 'folder', path });
    assert.deepEqual(parseArm('npm:lru-cache@11.2.2', '--base'), {
      kind: 'package',
      name: 'lru-cache',
      version: '11.2.2',
    });
    assert.deepEqual(parseArm('npm:@scope/name@^2', '--base'), {
      kind: 'package',
      name: '@scope/name',
      version: '^2',
    });
  });

  test('takes nothing that git, npm or a shell could take for more than a name', () => {
    const hostile = [
      '',
      '-f',
      '--upload-pack=touch x',
      'main;x',
      'main x',
      'main\nx',
      '$(x)',
      '`x`',
      'a|b',
      'a&b',
      'a..b',
      'a:b',
      'a*',
      'npm:../../x',
      'npm:x',
      'npm:x@',
      'npm:x@../y',
      'npm:x@file:../y',
      'npm:x@git+ssh://y',
      'npm:x@https://y',
      'npm:-g@1',
      'npm:x@-g',
      'npm:@a/../b@1',
      'npm:x@1 y',
      'npm:x@1;y',
      'npm:x@npm:y',
    ];
    for (const text of hostile)
      assert.throws(() => parseArm(text, '--base'), { name: 'PerfkitError', code: 'usage' }, text);
  });

  test('whatever is accepted is no option and holds nothing that a shell reads', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        try {
          const arm = parseArm(text, '--base');
          const parts =
            arm.kind === 'ref' ? [arm.ref] : arm.kind === 'package' ? [arm.name, arm.version] : [];
          for (const part of parts) assert.doesNotMatch(part, /^-|[\s;&|$`"'<>()\\]/);
        } catch (error) {
          assert.ok(error instanceof PerfkitError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('parseRefs', () => {
  test('reads both forms, and takes HEAD for what is left out', () => {
    const ref = (name: string): unknown => ({ kind: 'ref', ref: name });
    assert.deepEqual(parseRefs('main..HEAD'), { base: ref('main'), head: ref('HEAD') });
    assert.deepEqual(parseRefs('v1.2..v1.3'), { base: ref('v1.2'), head: ref('v1.3') });
    assert.deepEqual(parseRefs('main..'), { base: ref('main'), head: ref('HEAD') });
    assert.deepEqual(parseRefs('..topic'), { base: ref('HEAD'), head: ref('topic') });
    assert.deepEqual(parseRefs('origin/main...topic'), {
      base: { kind: 'merge base', ref: 'origin/main', other: 'topic' },
      head: ref('topic'),
    });
  });

  test('refuses what is no range', () => {
    for (const text of ['main', '..', '...', 'a..b..c', 'a....b', '-x..HEAD', 'main..-x'])
      assert.throws(() => parseRefs(text), { name: 'PerfkitError', code: 'usage' }, text);
  });
});
