import { readFileSync, readdirSync } from 'node:fs';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { emptyReading } from './server-reading.ts';
import type { CounterGrowth, ServerReading } from './server-reading.ts';

/** Reads what a process of this machine uses, from /proc (proc(5)). */
export interface ProcessReader {
  /** Since the reading before. A process that is gone is an error in it. */
  readonly read: (atNs: number) => ServerReading;
}

export interface ProcessOptions {
  readonly pid: number;
  readonly atNs: number;
  /** @default '/proc' */
  readonly root?: string;
}

/** Linux tells CPU time to programs in hundredths of a second, whatever its own tick is (proc(5), USER_HZ). */
const tickNs = 1e7;

interface Use {
  /** When it was started, in ticks since the machine was: another process may get the same id. */
  readonly startedAt: string;
  readonly cpuNs: number;
  readonly rssBytes: number;
  readonly threads: number;
  /** Null where this user may not know. */
  readonly handles: number | null;
  readonly diskReadBytes: number | null;
  readonly diskWrittenBytes: number | null;
}

/** Throws PerfkitError when there is no such process here, or no /proc. */
export function openProcess({ pid, atNs, root = '/proc' }: ProcessOptions): ProcessReader {
  const folder = `${root}/${pid}`;
  let last = firstUse(folder, pid);
  let lastNs = atNs;
  const { startedAt } = last;
  return {
    read: (nowNs) => {
      const use = tryRead(folder);
      const fromNs = lastNs;
      if (typeof use === 'string' || use.startedAt !== startedAt)
        return { ...emptyReading(fromNs, nowNs), errors: [gone(pid)] };
      const reading = growth(last, use, fromNs, nowNs);
      last = use;
      lastNs = nowNs;
      return reading;
    },
  };
}

function firstUse(folder: string, pid: number): Use {
  const use = tryRead(folder);
  if (typeof use !== 'string') return use;
  const why =
    process.platform === 'linux'
      ? `there is no process ${pid} on this machine that can be read (${use}); check the id`
      : 'processes are read on Linux only: leave server.process out, and let the server tell of itself (server.metrics)';
  throw new PerfkitError('target', `cannot watch the process of the server: ${why}`);
}

function gone(pid: number): ServerReading['errors'][number] {
  return {
    class: 'server_process',
    tags: {},
    count: 1,
    example: `the process ${pid} of the server cannot be read: it has ended`,
  };
}

function growth(last: Use, use: Use, fromNs: number, atNs: number): ServerReading {
  const counters: CounterGrowth[] = [
    { metric: 'server.cpu_time', tags: {}, count: use.cpuNs - last.cpuNs, per: 'operations' },
    ...grown('server.disk_read', last.diskReadBytes, use.diskReadBytes),
    ...grown('server.disk_written', last.diskWrittenBytes, use.diskWrittenBytes),
  ];
  const wallNs = atNs - fromNs;
  const gauges = [
    ...(wallNs >= shortestNs ? [gauge('server.cpu', (use.cpuNs - last.cpuNs) / wallNs)] : []),
    gauge('server.rss', use.rssBytes),
    gauge('server.threads', use.threads),
    ...(use.handles === null ? [] : [gauge('server.handles', use.handles)]),
  ];
  return { ...emptyReading(fromNs, atNs), gauges, counters };
}

/** A share over a few ticks of CPU time says nothing. */
const shortestNs = 5 * tickNs;

function gauge(metric: string, value: number): ServerReading['gauges'][number] {
  return { metric, tags: {}, value };
}

function grown(metric: string, before: number | null, now: number | null): CounterGrowth[] {
  if (before === null || now === null || now < before) return [];
  return [{ metric, tags: {}, count: now - before, per: 'time' }];
}

/** A text says why it cannot be read. */
function tryRead(folder: string): Use | string {
  try {
    const stat = readFileSync(`${folder}/stat`, 'latin1');
    // the name of the program, in parentheses, may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`${folder}/status`, 'latin1');
    const [state, startedAt] = [fields[0], fields[19] ?? ''];
    const ticks = Number(fields[11]) + Number(fields[12]);
    if (state === 'Z' || state === 'X') return 'it has ended';
    if (!Number.isFinite(ticks)) return 'its stat has another form';
    return {
      startedAt,
      cpuNs: ticks * tickNs,
      rssBytes: (fieldOf(status, 'VmRSS') ?? 0) * 1024,
      threads: fieldOf(status, 'Threads') ?? 0,
      handles: handlesOf(folder),
      ...diskOf(folder),
    };
  } catch (error) {
    return messageOf(error);
  }
}

function handlesOf(folder: string): number | null {
  try {
    return readdirSync(`${folder}/fd`).length;
  } catch {
    return null;
  }
}

/** What reached the disks. */
function diskOf(folder: string): Pick<Use, 'diskReadBytes' | 'diskWrittenBytes'> {
  try {
    const io = readFileSync(`${folder}/io`, 'latin1');
    return { diskReadBytes: fieldOf(io, 'read_bytes'), diskWrittenBytes: fieldOf(io, 'write_bytes') };
  } catch {
    return { diskReadBytes: null, diskWrittenBytes: null };
  }
}

function fieldOf(text: string, name: string): number | null {
  for (const line of text.split('\n'))
    if (line.startsWith(`${name}:`)) return Number.parseInt(line.slice(name.length + 1), 10);
  return null;
}
