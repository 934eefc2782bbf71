import assert from 'node:assert/strict';
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openSystemReader } from '../../../src/components/monitor/system-use.ts';

const onLinux = { skip: process.platform !== 'linux' && 'needs /proc' };
const pageBytes = 4_096;

describe('openSystemReader', () => {
  test('T09: memory and CPU time are what /proc says', onLinux, () => {
    const reader = openSystemReader();
    const before = Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[1]) * pageBytes;
    const { rss_bytes: rss = 0, cpu_ms: cpuMs = 0 } = reader.read();
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    reader.close();
    assert.ok(Math.abs(rss - before) < 32 * 1024 ** 2, `${rss} against ${before}`);
    // Clock ticks of 10 ms.
    assert.ok(Math.abs(cpuMs - (user + system) * 10) < 100, `${cpuMs} against ${user + system} ticks`);
  });

  test('T09: bytes written to disk are counted', onLinux, (context) => {
    // Not below /tmp, which may be memory.
    const folder = mkdtempSync(join(import.meta.dirname, 'disk-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const reader = openSystemReader();
    const before = reader.read().disk_written_bytes;
    if (before === undefined) return context.skip('/proc/self/io cannot be read');
    const file = openSync(join(folder, 'bytes'), 'w');
    writeSync(file, Buffer.alloc(8 * 1024 ** 2, 1));
    fsyncSync(file);
    closeSync(file);
    const written = (reader.read().disk_written_bytes ?? 0) - before;
    reader.close();
    assert.ok(written >= 8 * 1024 ** 2, `${written} bytes`);
  });

  test('open handles are counted', onLinux, () => {
    const reader = openSystemReader();
    const before = reader.read().open_handles ?? 0;
    const files = [0, 1, 2].map(() => openSync('/dev/null', 'r'));
    assert.equal(reader.read().open_handles, before + 3);
    for (const file of files) closeSync(file);
    reader.close();
  });

  test('collections are counted', async () => {
    const reader = openSystemReader();
    const before = reader.read().gc_count ?? 0;
    const kept: unknown[] = [];
    for (let index = 0; index < 300_000; index++) kept.push({ index });
    await setImmediate();
    const after = reader.read().gc_count ?? 0;
    reader.close();
    assert.equal(kept.length, 300_000);
    assert.ok(after > before);
  });
});
