import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

/** Which folders of src a folder may import from; the table of ARCHITECTURE.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  components: [],
  measure: ['model'],
  plan: ['model', 'measure'],
  bench: ['model', 'measure', 'components'],
  load: ['model', 'measure'],
  run: ['model', 'plan', 'measure', 'bench', 'load', 'judge', 'server'],
  pairs: ['model', 'plan', 'measure', 'bench', 'run'],
  judge: ['model', 'measure'],
  report: ['model', 'measure'],
  server: ['components', 'measure', 'model'],
  cli: ['index.ts', 'model', 'server'],
  'index.ts': ['model', 'measure', 'plan', 'bench', 'load', 'run', 'pairs', 'judge', 'report', 'server'],
};

const root = join(import.meta.dirname, '..');
const sources = globSync('src/**/*.ts', { cwd: root });

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const imports: Import[] = sources.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /^\s*(?:import|export)\b[^'";]*?from '([^']+)'|import\('([^']+)'\)|^import '([^']+)'/gm,
  );
  return Array.from(found, (match) => ({ file, specifier: match[1] ?? match[2] ?? match[3] ?? '' }));
});

/** `src/load/protocols/http1.ts` belongs to `load`, `src/index.ts` to itself. */
function ownerOf(path: string): string {
  return path.split('/')[1] ?? '';
}

test('folders import only what the table allows', () => {
  assert.ok(imports.length > 100);
  for (const { file, specifier } of imports.filter((one) => one.specifier.startsWith('.'))) {
    const from = ownerOf(file);
    const to = ownerOf(relative(root, join(root, dirname(file), specifier)));
    const ok = from === to || allowed[from]?.includes(to) === true;
    assert.ok(
      ok,
      `${file} imports ${specifier}: ${from} may import only ${allowed[from]?.join(', ') || 'nothing'}`,
    );
  }
});

test('a component imports node built-ins only, and no other component kind', () => {
  for (const { file, specifier } of imports.filter((one) => one.file.startsWith('src/components/'))) {
    const kind = file.split('/')[2];
    const target = specifier.startsWith('.')
      ? relative(root, join(root, dirname(file), specifier)).split('/')[2]
      : kind;
    assert.ok(target === kind || target === 'internal', `${file} imports ${specifier}`);
    const free = specifier.startsWith('.') || specifier.startsWith('node:');
    assert.ok(free || isLazyDriver(file, specifier), `${file} imports ${specifier}`);
  }
});

/** An optional package that is imported when it is asked for: its types, and `import()`. */
function isLazyDriver(file: string, specifier: string): boolean {
  if (!['classic-level', 'ioredis', 'pg'].includes(specifier)) return false;
  const text = readFileSync(join(root, file), 'utf8');
  return !new RegExp(`^(?:import|export) (?!type )[^;]*'${specifier}'`, 'm').test(text);
}

test('start-up loads no heavy package: the command line imports them only when a command runs', () => {
  const cli = imports.filter(
    (one) => one.file.startsWith('src/cli/main') || one.file.startsWith('src/cli/commands/'),
  );
  for (const { file, specifier } of cli) {
    const lazy = new RegExp(
      `import\\('${specifier.replace(/[.*/]/g, '\\$&')}'\\)|import type[^;]*'${specifier.replace(/[.*/]/g, '\\$&')}'`,
    );
    if (specifier.startsWith('.') && !specifier.endsWith('/index.ts') && !specifier.includes('run-plans'))
      continue;
    if (specifier.startsWith('node:') || specifier === 'commander') continue;
    assert.match(readFileSync(join(root, file), 'utf8'), lazy, `${file} imports ${specifier} at start-up`);
  }
});

test('randomness comes from the seeded generator', () => {
  for (const file of sources)
    assert.doesNotMatch(readFileSync(join(root, file), 'utf8'), /Math\.random\(/, file);
});

test('no file is longer than 400 lines', () => {
  for (const file of sources)
    assert.ok(readFileSync(join(root, file), 'utf8').split('\n').length <= 401, file);
});

test('everything that listens binds to loopback', () => {
  for (const file of sources) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const call of text.matchAll(/\.listen\(([^)]*)\)/g))
      assert.match(call[1] ?? '', /127\.0\.0\.1|loopback|path|socket/i, `${file}: listen(${call[1]})`);
  }
});
