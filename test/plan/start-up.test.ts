import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const folder = join(import.meta.dirname, '../../src/plan');

/** Packages that importing a module loads at once, through everything that it imports statically. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, typeOnly, specifier = ''] of readFileSync(file, 'utf8').matchAll(
    /^import( type)? [^;]*?from '([^']+)';/gm,
  )) {
    if (typeOnly !== undefined) continue;
    if (specifier.startsWith('.'))
      for (const name of packagesOf(join(dirname(file), specifier), seen)) packages.add(name);
    else if (!specifier.startsWith('node:')) packages.add(specifier);
  }
  return packages;
}

for (const name of [
  'plan',
  'scenario/define',
  'explain',
  'find-scenarios',
  'from/from-module',
  'from/from-url',
]) {
  test(`importing ${name}.ts loads neither zod nor yaml`, () => {
    assert.deepEqual([...packagesOf(join(folder, `${name}.ts`))], []);
  });
}

test('the walk sees through modules', () => {
  assert.deepEqual(
    [...packagesOf(join(folder, 'scenario/validate-shape.ts'))],
    ['zod'],
    relative(folder, 'scenario/validate-shape.ts'),
  );
});
