import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readImportText } from '../../../src/plan/import/read-import-text.ts';
import { scenarioFolder } from '../scenario-folder.ts';

async function* pieces(piece: Uint8Array, count = Infinity): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield piece;
}

test('a file, and standard input for -, are read as UTF-8', async () => {
  using place = scenarioFolder({ 'a.txt': 'caf\u00e9', 'b.bin': new Uint8Array([0xff, 0xfe, 0x00]) });
  assert.equal(await readImportText(join(place.folder, 'a.txt')), 'caf\u00e9');
  const split = Buffer.from('caf\u00e9');
  assert.equal(await readImportText('-', pieces(split, 2)), 'caf\u00e9caf\u00e9');
  await assert.rejects(
    readImportText(join(place.folder, 'b.bin')),
    /b\.bin: expected UTF-8 text, got other bytes/,
  );
  await assert.rejects(readImportText(join(place.folder, 'absent')), /absent: no such file/);
  await assert.rejects(readImportText(place.folder), /expected a file to import, got a folder/);
});

test('input without end is refused at 64 MiB', async () => {
  await assert.rejects(readImportText('-', pieces(Buffer.alloc(1024 ** 2, 'x'))), /expected at most 64 MiB/);
});
