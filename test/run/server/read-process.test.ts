import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openProcess } from '../../../src/run/server/read-process.ts';

/** A folder like /proc with one process, whose figures can be changed. */
function fakeProc(): { root: string; set: (figures: Partial<Figures>) => void } & Disposable {
  const root = mkdtempSync(join(tmpdir(), 'perfkit-proc-'));
  const folder = join(root, '42');
  mkdirSync(join(folder, 'fd'), { recursive: true });
  for (const fd of ['0', '1', '2']) writeFileSync(join(folder, 'fd', fd), '');
  const set = ({
    user = 0,
    system = 0,
    started = 500,
    rssKiB = 1000,
    written = 0,
  }: Partial<Figures>): void => {
    // proc(5): utime and stime are fields 14 and 15, starttime 22; the name may hold spaces and parentheses
    const fields = ['S', ...Array<string>(10).fill('1'), user, system, 0, 0, 20, 0, 7, 0, started, 0];
    writeFileSync(join(folder, 'stat'), `42 (a) b (c) ${fields.join(' ')}\n`);
    writeFileSync(join(folder, 'status'), `Name:\ta\nVmRSS:\t    ${rssKiB} kB\nThreads:\t7\n`);
    writeFileSync(join(folder, 'io'), `rchar: 9\nread_bytes: 0\nwrite_bytes: ${written}\n`);
  };
  return { root, set, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

interface Figures {
  readonly user: number;
  readonly system: number;
  readonly started: number;
  readonly rssKiB: number;
  readonly written: number;
}

test('reads CPU time since the reading before, memory, threads, handles and disk', () => {
  using proc = fakeProc();
  proc.set({ user: 100, system: 20 });
  const reader = openProcess({ pid: 42, atNs: 0, root: proc.root });
  proc.set({ user: 130, system: 40, rssKiB: 2048, written: 8192 });
  const { gauges, counters, errors } = reader.read(1e9);
  assert.deepEqual(
    gauges.map(({ metric, value }) => [metric, value]),
    [
      ['server.cpu', 0.5],
      ['server.rss', 2 * 1024 * 1024],
      ['server.threads', 7],
      ['server.handles', 3],
    ],
  );
  assert.deepEqual(
    counters.map(({ metric, count, per }) => [metric, count, per]),
    [
      ['server.cpu_time', 0.5e9, 'operations'],
      ['server.disk_read', 0, 'time'],
      ['server.disk_written', 8192, 'time'],
    ],
  );
  assert.deepEqual(errors, []);
});

test('another process that got the id, or none, is an error and no figures', () => {
  using proc = fakeProc();
  proc.set({});
  const reader = openProcess({ pid: 42, atNs: 0, root: proc.root });
  proc.set({ started: 900 });
  for (const atNs of [1e9, 2e9]) {
    const reading = reader.read(atNs);
    assert.equal(reading.errors[0]?.class, 'server_process');
    assert.deepEqual([...reading.gauges, ...reading.counters], []);
    rmSync(join(proc.root, '42'), { recursive: true, force: true });
  }
});

test('a process that is not there is told before the run', () => {
  using proc = fakeProc();
  assert.throws(() => openProcess({ pid: 43, atNs: 0, root: proc.root }), {
    name: 'PerfkitError',
    code: 'target',
    message: /cannot watch the process of the server/,
  });
});

test('this very process can be read', { skip: process.platform !== 'linux' }, () => {
  const reading = openProcess({ pid: process.pid, atNs: 0 }).read(1e9);
  const rss = reading.gauges.find(({ metric }) => metric === 'server.rss')?.value ?? 0;
  assert.ok(rss > 1e6 && rss < 1e11);
});
