import type { BenchScenario, LoadScenario } from './schema.ts';

/** A bench scenario as code: the default export of a `*.perfkit.ts` file. The same keys as in YAML, checked when it is planned. */
export function defineBench(
  scenario: Partial<Pick<BenchScenario, 'version' | 'kind'>> & Omit<BenchScenario, 'version' | 'kind'>,
): BenchScenario {
  return { version: 1, kind: 'bench', ...scenario };
}

/** A load scenario as code: the default export of a `*.perfkit.ts` file. The same keys as in YAML, checked when it is planned. */
export function defineLoad(
  scenario: Partial<Pick<LoadScenario, 'version' | 'kind'>> & Omit<LoadScenario, 'version' | 'kind'>,
): LoadScenario {
  return { version: 1, kind: 'load', ...scenario };
}
