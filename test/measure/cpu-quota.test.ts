import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readCpuQuota } from '../../src/measure/cpu-quota.ts';

function files(contents: Readonly<Record<string, string>>): (path: string) => string | null {
  return (path) => contents[path] ?? null;
}

test('reads a cgroup v2 limit', () => {
  const read = files({ '/proc/self/cgroup': '0::/a/b\n', '/sys/fs/cgroup/a/b/cpu.max': '150000 100000\n' });
  assert.equal(readCpuQuota(read), 1.5);
});

test('takes the tightest limit of the group and its parents', () => {
  const read = files({
    '/proc/self/cgroup': '0::/a/b\n',
    '/sys/fs/cgroup/a/cpu.max': '50000 100000\n',
    '/sys/fs/cgroup/a/b/cpu.max': '400000 100000\n',
  });
  assert.equal(readCpuQuota(read), 0.5);
});

test('finds the limit at the mount when the path of the group is not visible, as in a container', () => {
  const read = files({ '/proc/self/cgroup': '0::/../../x\n', '/sys/fs/cgroup/cpu.max': '200000 100000\n' });
  assert.equal(readCpuQuota(read), 2);
});

test('reads a cgroup v1 limit', () => {
  const read = files({
    '/proc/self/cgroup': '5:memory:/x\n3:cpu,cpuacct:/docker/1\n',
    '/sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us': '300000\n',
    '/sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us': '100000\n',
  });
  assert.equal(readCpuQuota(read), 3);
});

test('says null where nothing limits, and for files that make no sense', () => {
  assert.equal(readCpuQuota(files({})), null);
  assert.equal(
    readCpuQuota(files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' })),
    null,
  );
  assert.equal(
    readCpuQuota(files({ '/proc/self/cgroup': 'nonsense\n0::/\n', '/sys/fs/cgroup/cpu.max': 'x y z\n' })),
    null,
  );
  const unlimited = files({
    '/proc/self/cgroup': '3:cpu:/\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  });
  assert.equal(readCpuQuota(unlimited), null);
});
