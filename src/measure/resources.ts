import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { nowNs } from './clock.ts';
import type { Clock } from './clock.ts';

/** What this process or thread used between two samples. */
export interface ResourceSample {
  readonly wallNs: number;
  /** CPU time, user and system. May pass wallNs where it covers several threads. */
  readonly cpuNs: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly gcNs: number;
  readonly gcCount: number;
  /** Share of the time that the event loop was busy, 0 to 1. */
  readonly loopUtilization: number;
  /** Event-loop delay over the 10 ms timer that probes it; 1 ms is the timer's own grain. */
  readonly loopDelay: LoopDelay;
}

export interface LoopDelay {
  readonly maxNs: number;
  readonly p99Ns: number;
  readonly meanNs: number;
}

export interface ResourceMeter {
  /** Use since the last sample (or since the start), and start anew. */
  sample(): ResourceSample;
  /** Stop observing; may be called twice. */
  stop(): void;
}

export interface ResourceOptions {
  /** Whose CPU time. Threads need Node 22.19 or 24; older ones report the process. Default: the process in the main thread, else the thread. */
  readonly cpu?: 'process' | 'thread';
  readonly now?: Clock;
}

const probeMs = 10;

/**
 * Watch CPU, memory, garbage collection and event loop of this thread. Costs nothing per operation; keeps no
 * process alive. Collections are reported by the event loop: let it turn once before `sample` to have them all.
 */
export function startResources({
  cpu = isMainThread ? 'process' : 'thread',
  now = nowNs,
}: ResourceOptions = {}): ResourceMeter {
  let gcNs = 0;
  let gcCount = 0;
  const count = (entries: readonly { readonly duration: number }[]): void => {
    for (const entry of entries) {
      gcNs += entry.duration * 1e6;
      gcCount++;
    }
  };
  const observer = new PerformanceObserver((list) => count(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const delay = monitorEventLoopDelay({ resolution: probeMs });
  delay.enable();
  const readCpuNs = cpuReader(cpu);
  let memory = readMemory() ?? { rss: 0, heapUsed: 0 };
  let wall = now();
  let cpuStart = readCpuNs();
  let loop = performance.eventLoopUtilization();

  return {
    sample() {
      count(observer.takeRecords());
      const wallEnd = now();
      const cpuEnd = readCpuNs();
      const loopEnd = performance.eventLoopUtilization();
      memory = readMemory() ?? memory;
      const sample: ResourceSample = {
        wallNs: wallEnd - wall,
        cpuNs: cpuEnd - cpuStart,
        rssBytes: memory.rss,
        heapUsedBytes: memory.heapUsed,
        gcNs,
        gcCount,
        loopUtilization: performance.eventLoopUtilization(loopEnd, loop).utilization,
        loopDelay: {
          maxNs: overProbe(delay.max),
          p99Ns: overProbe(delay.percentile(99)),
          meanNs: overProbe(delay.mean),
        },
      };
      wall = wallEnd;
      cpuStart = cpuEnd;
      loop = loopEnd;
      gcNs = 0;
      gcCount = 0;
      delay.reset();
      return sample;
    },
    stop() {
      observer.disconnect();
      delay.disable();
    },
  };
}

function cpuReader(cpu: 'process' | 'thread'): () => number {
  const thread = cpu === 'thread' && typeof process.threadCpuUsage === 'function';
  return () => {
    const { user, system } = thread ? process.threadCpuUsage() : process.cpuUsage();
    return (user + system) * 1000;
  };
}

/** Node's histogram holds the whole gap between two probes; without a gap it holds 0, NaN or 2^63. */
function overProbe(gapNs: number): number {
  return gapNs > probeMs * 1e6 && gapNs < 2 ** 62 ? gapNs - probeMs * 1e6 : 0;
}

/** Null when the process has no file descriptor left to read it with: that must not end the run that ran out. */
function readMemory(): { readonly rss: number; readonly heapUsed: number } | null {
  try {
    return process.memoryUsage();
  } catch {
    return null;
  }
}
