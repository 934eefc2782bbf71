import { readFileSync, readdirSync } from 'node:fs';
import { PerformanceObserver, monitorEventLoopDelay } from 'node:perf_hooks';
import type { SystemReader, SystemReading } from './monitor.ts';

export type SystemMetric = (typeof totals)[number] | (typeof levels)[number];

/** Read as totals since the process began; their columns are what was added a second. */
export const totals = [
  'cpu_ms',
  'gc_ms',
  'gc_count',
  'disk_read_bytes',
  'disk_written_bytes',
  'network_received_bytes',
  'network_sent_bytes',
] as const;

/** As they are at the sample. */
export const levels = [
  'rss_bytes',
  'heap_used_bytes',
  'open_handles',
  'loop_delay_p99_ms',
  'loop_delay_max_ms',
] as const;

const probeMs = 10;

/**
 * What this process uses: CPU, memory, garbage collection and event-loop delay anywhere; disk bytes
 * (`/proc/self/io`, what reached the block layer), open handles (`/proc/self/fd`) and the bytes of all network
 * interfaces but loopback (`/proc/net/dev`) on Linux. See proc(5).
 */
export function openSystemReader(): SystemReader {
  let gcMs = 0;
  let gcCount = 0;
  const count = (entries: readonly { readonly duration: number }[]): void => {
    for (const { duration } of entries) gcMs += duration;
    gcCount += entries.length;
  };
  const observer = new PerformanceObserver((list) => count(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const delay = monitorEventLoopDelay({ resolution: probeMs });
  delay.enable();
  return {
    read() {
      count(observer.takeRecords());
      const { user, system } = process.cpuUsage();
      const memory = process.memoryUsage();
      const reading: SystemReading = {
        cpu_ms: (user + system) / 1_000,
        gc_ms: gcMs,
        gc_count: gcCount,
        rss_bytes: memory.rss,
        heap_used_bytes: memory.heapUsed,
        loop_delay_p99_ms: overProbe(delay.percentile(99)),
        loop_delay_max_ms: overProbe(delay.max),
        ...readDisk(),
        ...readNetwork(),
        ...readHandles(),
      };
      delay.reset();
      return reading;
    },
    close() {
      observer.disconnect();
      delay.disable();
    },
  };
}

/** Node's histogram holds the whole gap between two probes; without a gap it holds 0, NaN or 2^63. */
function overProbe(gapNs: number): number {
  const gapMs = gapNs / 1e6;
  return gapMs > probeMs && gapMs < 1e9 ? gapMs - probeMs : 0;
}

function readDisk(): SystemReading {
  const text = readProc('/proc/self/io');
  const read = numberAfter(text, 'read_bytes:');
  const written = numberAfter(text, 'write_bytes:');
  return read === null || written === null ? {} : { disk_read_bytes: read, disk_written_bytes: written };
}

function readHandles(): SystemReading {
  try {
    // One of them is the folder that is being read.
    return { open_handles: readdirSync('/proc/self/fd').length - 1 };
  } catch {
    return {};
  }
}

function readNetwork(): SystemReading {
  let received = 0;
  let sent = 0;
  const lines = readProc('/proc/net/dev').split('\n').slice(2);
  for (const line of lines) {
    const [name, ...fields] = line.trim().split(/[\s:]+/);
    if (name === undefined || name === '' || name === 'lo') continue;
    received += Number(fields[0] ?? 0);
    sent += Number(fields[8] ?? 0);
  }
  return lines.length === 0 ? {} : { network_received_bytes: received, network_sent_bytes: sent };
}

/** Empty where there is no such file, or no handle left to read it with. */
function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function numberAfter(text: string, field: string): number | null {
  for (const line of text.split('\n')) {
    if (line.startsWith(field)) return Number(line.slice(field.length));
  }
  return null;
}
