import type { ResourceSample } from '../../measure/resources.ts';
import type { CounterSlice, GaugeSlice } from '../../model/interval.ts';
import { collectGarbage } from '../rounds/collect-garbage.ts';

export function gcCounters({ gcNs, gcCount, wallNs }: ResourceSample): CounterSlice[] {
  return [
    { metric: 'gc_time', tags: {}, count: Math.round(gcNs), of: wallNs },
    { metric: 'gc_count', tags: {}, count: gcCount, of: wallNs },
  ];
}

export function resourceGauges({ cpuNs, wallNs, rssBytes }: ResourceSample, ownBytes: number): GaugeSlice[] {
  // What the subject holds, not what waits to be collected, wherever the process can collect on demand.
  collectGarbage();
  return [
    { metric: 'cpu', tags: {}, value: cpuNs / wallNs },
    { metric: 'rss', tags: {}, value: rssBytes },
    { metric: 'rss_growth', tags: {}, value: Math.max(rssBytes - ownBytes, 0) },
    { metric: 'heap_used', tags: {}, value: process.memoryUsage().heapUsed },
  ];
}
