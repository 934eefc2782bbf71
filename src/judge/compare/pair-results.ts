import type { RunResult, SuiteResult } from '../../model/result.ts';

/** Runs of one scenario; null where only one of the documents has it. */
export interface ResultPair {
  readonly name: string;
  readonly base: RunResult | null;
  readonly head: RunResult | null;
}

/**
 * Two single runs are a pair whatever they are (comparability says so when they are not alike); in suites those of the
 * same name are, in their order when a name occurs more than once.
 */
export function pairResults(base: RunResult | SuiteResult, head: RunResult | SuiteResult): ResultPair[] {
  if (base.schema === 'perfkit/result@1' && head.schema === 'perfkit/result@1')
    return [{ name: head.scenario.name, base, head }];
  const before = byName(base);
  const now = byName(head);
  const names = [...new Set([...before.keys(), ...now.keys()])];
  return names.flatMap((name) => {
    const [olds, news] = [before.get(name) ?? [], now.get(name) ?? []];
    return Array.from({ length: Math.max(olds.length, news.length) }, (_, index) => ({
      name,
      base: olds[index] ?? null,
      head: news[index] ?? null,
    }));
  });
}

function byName(document: RunResult | SuiteResult): Map<string, RunResult[]> {
  const results = document.schema === 'perfkit/suite@1' ? document.results : [document];
  return Map.groupBy(results, (result) => result.scenario.name);
}
