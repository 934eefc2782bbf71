import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPatternSystem } from '../../scenarios/patterns/pattern-system.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const script = fileURLToPath(new URL('./fixtures/write-until-killed.ts', import.meta.url));

for (const acknowledged of [60, 3_000, 20_000]) {
  test(`P28: killed after ${acknowledged} acknowledged writes, in the middle of a batch, it has them all`, async (context) => {
    const folder = temporaryFolder(context);
    const notes = join(temporaryFolder(context), 'acknowledged');
    const child = spawn(process.execPath, [script, folder, notes, String(acknowledged)], {
      stdio: 'inherit',
    });
    const [code, signal]: unknown[] = await once(child, 'close');
    assert.deepEqual([code, signal], [null, 'SIGKILL']);

    // What each pattern was when its last write was acknowledged.
    const latest = new Map<string, { readonly usageCount: number; readonly confidence: number }>();
    const said = readFileSync(notes, 'utf8').split('\n').slice(0, -1);
    assert.equal(said.length, acknowledged);
    for (const line of said) {
      const [what, id = '', value] = line.split(' ');
      const usageCount = what === 'store' ? Number(value) : (latest.get(id)?.usageCount ?? -1);
      const confidence = what === 'store' ? (Number(value) % 10) / 10 : Number(value);
      latest.set(id, { usageCount, confidence });
    }
    const system = await openPatternSystem({ folder });
    for (const [id, { usageCount, confidence }] of latest) {
      const found = system.getPattern(id);
      assert.deepEqual([found?.usageCount, found?.confidence], [usageCount, confidence], id);
    }
    // The last writes were still in the journal: else nothing is proven.
    assert.ok(system.getMetrics().recovered > 0);
    await system.shutdown();
  });
}
