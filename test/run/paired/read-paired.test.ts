import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PerfkitError } from '../../../src/model/errors.ts';
import { pairedJsonSchema, parsePaired } from '../../../src/run/paired/paired-schema.ts';
import { readPaired } from '../../../src/run/paired/read-paired.ts';
import { pairedRun, slowerRun } from '../../report/paired/paired-runs.ts';
import { noises, simulateRun } from '../../judge/paired/simulated-run.ts';

const folder = await mkdtemp(join(tmpdir(), 'perfkit-paired-'));
after(() => rm(folder, { recursive: true, force: true }));

const run = slowerRun();

async function save(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

test('a paired run is read again as it was, from its file and from its folder', async () => {
  const file = await save('paired.json', JSON.stringify(run));
  assert.deepEqual(await readPaired(file), run);
  assert.deepEqual(await readPaired(folder), run);
});

test('what is something else, or not there, is null', async () => {
  assert.equal(await readPaired(await save('other.json', '{"schema":"perfkit/result@1"}')), null);
  assert.equal(await readPaired(await save('text.json', 'not json')), null);
  assert.equal(await readPaired(join(folder, 'none.json')), null);
});

test('a paired run that is not sound is refused with the place of each fault', async () => {
  const faulty = { ...run, looks: 7, settings: { ...run.settings, falseAlarm: 2 } };
  const file = await save('faulty.json', JSON.stringify(faulty));
  await assert.rejects(readPaired(file), (error) => {
    assert.ok(error instanceof PerfkitError);
    assert.equal(error.code, 'result');
    assert.match(error.message, /no valid paired run:\n(.*\n)?  \$\.looks: /);
    assert.match(error.message, /\$\.settings\.falseAlarm: /);
    return true;
  });
});

test('missing values survive as null', () => {
  const [first] = run.series;
  assert.ok(first !== undefined);
  const holed = { ...run, series: [{ ...first, head: [null, ...first.head.slice(1)] }], decision: null };
  assert.deepEqual(parsePaired(JSON.parse(JSON.stringify(holed)), 'x'), holed);
});

test('the published schema is current, and takes what is written', async () => {
  const published: unknown = JSON.parse(
    await readFile(new URL('../../../schema/paired-v1.json', import.meta.url), 'utf8'),
  );
  assert.deepEqual(published, JSON.parse(JSON.stringify(pairedJsonSchema())), 'npm run schema');
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(Object(published));
  const interrupted = {
    ...pairedRun(simulateRun({ seed: 1, noise: noises.bursts, spread: 0.1 })),
    decision: null,
  };
  for (const document of [run, interrupted]) {
    assert.ok(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors));
  }
  assert.equal(validate({ ...run, pairs: 3 }), false);
});
