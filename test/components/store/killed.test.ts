import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stores } from '../../../src/components/store/index.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const script = fileURLToPath(new URL('./fixtures/write-until-killed.ts', import.meta.url));

for (const [kind, open] of Object.entries(stores)) {
  describe(`a process with a ${kind} store, killed while it writes,`, () => {
    for (const [what, rows, batches] of [
      ['single writes', 1, 300],
      ['batches', 200, 12],
    ] as const) {
      test(`loses no acknowledged one of its ${what}, and leaves no transaction by half`, async (context) => {
        const path = join(temporaryFolder(context), 'db');
        const child = spawn(process.execPath, [script, kind, path, String(rows)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        context.after(() => child.kill('SIGKILL'));
        let output = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          // In the middle of the next batch, wherever that is.
          if (output.split('\n').length > batches) child.kill('SIGKILL');
        });
        const [code, signal]: unknown[] = await once(child, 'close');
        assert.deepEqual([code, signal], [null, 'SIGKILL']);
        const acknowledged = output.split('\n').slice(0, -1).map(Number);
        assert.ok(acknowledged.length >= batches);

        if (kind === 'sqlite') assert.equal(integrity(path), 'ok');
        const store = await open({ path });
        for (const batch of acknowledged) {
          const ids = Array.from({ length: rows }, (_, index) => `${batch}-${index}`);
          const found = await store.getMany(ids);
          assert.ok(
            found.every((one) => one?.usageCount === batch && one.body.length === 300),
            `batch ${batch}`,
          );
        }
        const rest = (await store.count()) - acknowledged.length * rows;
        // One batch may have been written in part, but each of its transactions of 50 as a whole.
        assert.ok(rest <= rows && rest % Math.min(50, rows) === 0, `${rest} rows more`);
        await store.close();
      });
    }
  });
}

function integrity(path: string): unknown {
  const database = new DatabaseSync(path);
  const row = database.prepare('PRAGMA integrity_check').get();
  database.close();
  return row?.['integrity_check'];
}
