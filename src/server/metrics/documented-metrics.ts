import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Answer } from '../work/answerer.ts';
import { addPullMetric } from './pull-metric.ts';

/** Records what the documented metrics show; every call is of something that was done. */
export interface DocumentedMetrics {
  readonly answered: (answer: Answer, durationMs: number) => void;
  readonly queried: (durationMs: number) => void;
  readonly stored: (memories: number) => void;
  readonly analysed: (durationMs: number) => void;
}

export interface DocumentedSources {
  /** Hits of the cache of answers, since the start. */
  readonly answerHits: () => number;
  /** Syncs that sent what changed, since the start. */
  readonly deltaSyncs: () => number;
  /** Frames a second on /frames. */
  readonly framesPerSecond: () => number;
}

/** In seconds: from a cached look-up to a job that waits. */
const bounds = [1e-4, 2.5e-4, 5e-4, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Cosines. */
const likenessBounds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/**
 * The nine metrics that the documentation of the features names, with its types. What each counts here is in its help:
 * this server's work of the same kind.
 */
export function createDocumentedMetrics(registry: Registry, sources: DocumentedSources): DocumentedMetrics {
  const registers = [registry];
  const times = (name: string, help: string): Histogram =>
    new Histogram({ name, help, buckets: bounds, registers });
  const inference = times(
    'cms_inference_seconds',
    'encoding a question on the main thread and comparing it with every passage',
  );
  addPullMetric(registry, {
    name: 'cms_cache_hits_total',
    help: 'questions that were answered from the cache of answers',
    kind: 'counter',
    read: sources.answerHits,
  });
  addPullMetric(registry, {
    name: 'cms_memory_bytes',
    help: 'memory of the process: heap, buffers, code and libraries',
    kind: 'gauge',
    read: () => process.memoryUsage.rss(),
  });
  const queries = times('mp_spatial_query_seconds', 'queries of patterns by type, domain and confidence');
  addPullMetric(registry, {
    name: 'mp_navigation_fps',
    help: 'frames of positions a second that /frames really came to, in the last second that somebody watched',
    kind: 'gauge',
    read: sources.framesPerSecond,
  });
  const memories = new Counter({
    name: 'mp_memories_stored_total',
    help: 'messages and patterns that were committed',
    registers,
  });
  const analysis = times(
    'ta_analysis_seconds',
    'background jobs, from the start of their work to its result',
  );
  const confidence = new Histogram({
    name: 'ta_confidence_score',
    help: 'how like the question the best passage of an answer is (cosine)',
    buckets: likenessBounds,
    registers,
  });
  addPullMetric(registry, {
    name: 'ta_gaps_processed_total',
    help: 'syncs that closed the gap between what a client had and what there is',
    kind: 'counter',
    read: sources.deltaSyncs,
  });

  return {
    answered({ sources: passages }, durationMs) {
      inference.observe(durationMs / 1_000);
      confidence.observe(passages[0]?.likeness ?? 0);
    },
    queried: (durationMs) => queries.observe(durationMs / 1_000),
    stored: (count) => memories.inc(count),
    analysed: (durationMs) => analysis.observe(durationMs / 1_000),
  };
}
