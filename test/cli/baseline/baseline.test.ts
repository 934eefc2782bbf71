import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { baselineFileOf, findResult } from '../../../src/cli/baseline/baseline-file.ts';
import { worstCode } from '../../../src/cli/baseline/conclude-baseline.ts';
import { openBaseline } from '../../../src/cli/baseline/open-baseline.ts';
import { baselineToSave, saveBaseline } from '../../../src/cli/baseline/save-baseline.ts';
import { plan } from '../../../src/index.ts';
import { bench, suite } from '../../judge/compare/results.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import type { BenchPlan, RunResult } from '../../../src/index.ts';

/** Baselines are looked for below the working directory. */
const home = process.cwd();
const folder = temporaryFolder();
before(() => process.chdir(folder));
after(() => process.chdir(home));

async function examplePlan(): Promise<BenchPlan> {
  writeFileSync(join(folder, 'subject.ts'), 'export const it = () => () => 1;\n');
  const file = join(folder, 'example.perfkit.yaml');
  writeFileSync(
    file,
    'version: 1\nkind: bench\nname: example\nsubjects: [{name: it, use: ./subject.ts#it}]\nrun: {for: 100ms, rounds: 2}\n',
  );
  const made = await plan({ file });
  assert.ok(made.kind === 'bench');
  return made;
}

describe('a baseline', () => {
  test('is saved under its name and found again by it; the document is the result itself', async () => {
    const result = bench();
    const file = baselineFileOf('main');
    await saveBaseline(result, file);
    assert.equal(file, join('reports', 'baselines', 'main.json'));
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(result)));
    assert.equal(await findResult('main'), file);
  });

  test('a file or folder of that name comes first', async () => {
    mkdirSync(join(folder, 'here'), { recursive: true });
    assert.equal(await findResult('here'), 'here');
  });

  test('that does not exist is refused, with the names that there are', async () => {
    await saveBaseline(bench(), baselineFileOf('known'));
    await assert.rejects(findResult('nope'), /expected a result .*there are .*known.*got "nope"/);
    await assert.rejects(findResult('../../etc/nope'), /got "\.\.\/\.\.\/etc\/nope"/);
  });

  test('has a name that is a file name, and no path', () => {
    for (const name of ['../x', 'a/b', '', '.hidden', 'x'.repeat(81), 'a\u0000b'])
      assert.throws(() => baselineFileOf(name), /expected a name of letters/);
  });

  test('is named after the scenario when no name is given', async () => {
    const made = await examplePlan();
    const scenario = { ...made.scenario, name: 'cache/get set' };
    const [file] = [baselineToSave({ saveBaseline: true }, [{ ...made, scenario }])];
    assert.equal(file, baselineFileOf('cache-get-set'));
    assert.equal(baselineToSave({ saveBaseline: true }, [made, made]), baselineFileOf('suite'));
    assert.equal(baselineToSave({}, [made]), null);
  });
});

describe('what never becomes a baseline', () => {
  const cases: readonly (readonly [string, RunResult, RegExp])[] = [
    [
      'an invalid run',
      { ...bench(), validity: { state: 'invalid', reasons: ['late'] } },
      /the run is invalid: late/,
    ],
    ['an interrupted run', { ...bench(), complete: false }, /it was interrupted/],
    [
      'a run that was stopped',
      { ...bench(), complete: false, aborted: 'all failed' },
      /it was stopped: all failed/,
    ],
    ['a run without success', bench({ perRound: 0 }), /no operation succeeded/],
  ];
  for (const [name, result, reason] of cases) {
    test(`${name}, alone or in a suite; the one before it stays`, async () => {
      const file = baselineFileOf('kept');
      await saveBaseline(bench(), file);
      const kept = readFileSync(file, 'utf8');
      await assert.rejects(saveBaseline(result, file), reason);
      await assert.rejects(saveBaseline(suite(bench(), result), file), reason);
      assert.equal(readFileSync(file, 'utf8'), kept);
    });
  }

  test('a suite of nothing', async () => {
    await assert.rejects(saveBaseline(suite(), baselineFileOf('none')), /nothing was run/);
  });
});

describe('a run with --baseline', () => {
  test('is refused before it begins when machine, scenario or validity do not fit', async () => {
    const made = await examplePlan();
    const like = bench();
    const base = { ...like, scenario: { ...like.scenario, hash: made.scenario.hash } };
    const refusals = async (saved: RunResult, advisory = false): Promise<readonly string[]> => {
      writeFileSync(join(folder, 'base.json'), JSON.stringify(saved));
      const opened = await openBaseline({ baseline: 'base.json', advisory }, [made], like.environment);
      return opened?.refusals ?? ['none'];
    };
    assert.deepEqual(await refusals(base), []);
    assert.match((await refusals(like)).join(), /example: scenario hash differs/);
    assert.deepEqual(await refusals(like, true), []);
    const cores = { ...base, environment: { ...base.environment, cores: 64, fingerprint: '1' } };
    assert.deepEqual(await refusals(cores), ['example: cores differs: 64 in the baseline and 2 here']);
    const invalid = {
      ...base,
      validity: { state: 'invalid' as const, reasons: ['late'] },
      verdict: { ...base.verdict, outcome: 'invalid' as const },
    };
    assert.match((await refusals(invalid, true)).join(), /the run of the baseline is invalid: late/);
    assert.match(
      (await refusals({ ...base, scenario: { ...base.scenario, name: 'other' } }, true)).join(),
      /the baseline has no scenario example: it has other/,
    );
  });

  test('is compared with the scenarios that it ran only', async () => {
    const made = await examplePlan();
    const other = { ...bench(), scenario: { ...bench().scenario, name: 'other' } };
    writeFileSync(join(folder, 'suite.json'), JSON.stringify(suite(bench(), other)));
    const opened = await openBaseline({ baseline: 'suite.json' }, [made], bench().environment);
    assert.equal(opened?.compare(bench({ seed: 2 })).outcome, 'same');
    assert.equal(opened?.of('example').baseline?.scenario.name, 'example');
    assert.deepEqual(opened?.of('unknown'), {});
  });

  test('cannot use what is no result', async () => {
    const made = await examplePlan();
    writeFileSync(join(folder, 'broken.json'), '{"schema":');
    await assert.rejects(
      openBaseline({ baseline: 'broken.json' }, [made], bench().environment),
      /expected a JSON document/,
    );
    assert.equal(await openBaseline({}, [made], bench().environment), null);
  });

  test('exits with the code that says most', () => {
    assert.equal(worstCode([]), 0);
    assert.equal(worstCode([0, 5, 4]), 4);
    assert.equal(worstCode([4, 3]), 3);
    assert.equal(worstCode([5, 0]), 5);
  });
});
