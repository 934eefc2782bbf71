import { join } from 'node:path';
import type { Pattern } from 'perfkit/store';
import { keepHeapSmall } from './keep-heap-small.ts';
import { kindOf, patternId, popularity } from './make-patterns.ts';
import { createDocuments } from './documents.ts';
import { fillPatternDatabase } from './fill-pattern-database.ts';
import { openPatternSystem } from './pattern-system.ts';
import type { SystemMetrics } from './pattern-system.ts';
import { flagOption, numberOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';
import type { SystemOptions } from './system-settings.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** Bodies to store are made beforehand: making them is not what is measured. */
const distinctBodies = 256;
/** After everything that the database is filled with, in seconds since 1970. */
const nowS = 1_740_000_000;

/**
 * The pattern system over `workload.keys` patterns of `workload.valueBytes` on disk. Options: learning (default true),
 * warm (fill the levels first; default true), l1, l2, l3 (entries; the documented ones when left out), compressFrom
 * (bytes). Operations: get, store (a pattern that is there again, with another body, confidence and use), confidence.
 */
export async function createSystem(
  options: Readonly<Record<string, unknown>>,
  context: ScenarioContext,
): Promise<ScenarioSubject> {
  const { workload, random, keySequence } = context;
  keepHeapSmall();
  const folder = createTemporaryFolder();
  try {
    await fillPatternDatabase({
      path: join(folder.path, 'patterns.db'),
      count: workload.keys,
      bodyBytes: workload.valueBytes,
      byPopularity: true,
    });
    const bodies = createDocuments('json', distinctBodies, workload.valueBytes, random);
    const system = await openPatternSystem({ folder: folder.path, ...systemOptions(options) });
    if (flagOption(options, 'warm', true)) await system.warm();
    const sequence = keySequence();
    const mask = sequence.length - 1;
    const ids = Array.from({ length: workload.keys }, (_, index) => patternId(index));
    const keyOf = (index: number): number => sequence[index & mask] ?? 0;
    const idOf = (index: number): string => ids[keyOf(index)] ?? '';
    const newState = (index: number): Pattern => {
      const key = keyOf(index);
      const updatedAtMs = (nowS + (index & 0xf_ffff)) * 1_000;
      return {
        ...kindOf(key, idOf(index)),
        confidence: (index % 1_000) / 1_000,
        usageCount: popularity(key, workload.keys) + (index & 3),
        updatedAtMs,
        lastUsedAtMs: updatedAtMs,
        body: bodies[index % bodies.length] ?? new Uint8Array(workload.valueBytes),
      };
    };
    let start = system.getMetrics();
    return {
      operations: {
        get: (index) => system.getPattern(idOf(index)),
        store: (index) => system.storePattern(newState(index)),
        confidence: (index) => system.updateConfidence(idOf(index), index % 3 !== 0),
      },
      mix: { get: 1 },
      measuring: () => {
        start = system.getMetrics();
      },
      metrics: () => metricsOf(start, system.getMetrics()),
      close: async () => {
        await system.shutdown();
        folder.remove();
      },
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

/**
 * Start to first answers. An operation is a look-up of a system that was opened on a filled database, warmed or not;
 * `start_hit_ratio` is of the first 1,000, `warm_time` how long filling the levels took.
 */
export async function createStart(
  options: Readonly<Record<string, unknown>>,
  context: ScenarioContext,
): Promise<ScenarioSubject> {
  const { workload, keySequence } = context;
  const folder = createTemporaryFolder();
  await fillPatternDatabase({
    path: join(folder.path, 'patterns.db'),
    count: workload.keys,
    bodyBytes: workload.valueBytes,
    byPopularity: true,
  });
  const system = await openPatternSystem({ folder: folder.path });
  const startMs = performance.now();
  const warmed = flagOption(options, 'warm', true) ? await system.warm(20_000) : 0;
  const warmNs = (performance.now() - startMs) * 1e6;
  const sequence = keySequence();
  const idOf = (index: number): string => patternId(sequence[index & (sequence.length - 1)] ?? 0);
  for (let index = 0; index < 1_000; index++) system.getPattern(idOf(index));
  const { hitRatio } = system.getMetrics().cache;
  return {
    operations: { get: (index) => system.getPattern(idOf(index + 1_000)) },
    metrics: () => ({ start_hit_ratio: hitRatio, warm_time: warmNs, warm_patterns: warmed }),
    close: async () => {
      await system.shutdown();
      folder.remove();
    },
  };
}

function systemOptions(options: Readonly<Record<string, unknown>>): Omit<SystemOptions, 'folder'> {
  const entries = (name: string, fallback: number): number => numberOption(options, name, fallback);
  return {
    learning: flagOption(options, 'learning', true),
    l1Entries: entries('l1', 1_000),
    l2Entries: entries('l2', 10_000),
    l3Entries: entries('l3', 50_000),
    compressFromBytes: entries('compressFrom', 1_024),
  };
}

function metricsOf(start: SystemMetrics, end: SystemMetrics): Record<string, number> {
  const lookups = end.cache.lookups - start.cache.lookups;
  const shares = end.cache.levels.map(({ name, hits }, index) => {
    const before = start.cache.levels[index]?.hits ?? 0;
    return [`${name}_share`, lookups === 0 ? 0 : (hits - before) / lookups] as const;
  });
  const records = end.writes.records - start.writes.records;
  return {
    ...(lookups === 0 ? {} : { hit_ratio: (end.cache.hits - start.cache.hits) / lookups }),
    ...Object.fromEntries(shares),
    l2_compressed: end.cache.compressed - start.cache.compressed,
    acknowledged: records,
    rows_written: end.writes.rows - start.writes.rows,
    pending_writes: end.writes.pending,
  };
}
