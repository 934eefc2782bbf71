import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { secretNames } from '../../../src/model/secrets.ts';
import { importLoadScenario } from '../../../src/plan/import/import-load.ts';
import { planYaml } from '../scenario-folder.ts';
import type { LoadPlan, StepPlan } from '../../../src/model/plan.ts';
import type { ImportOptions, ImportedScenario } from '../../../src/plan/import/import-load.ts';

export function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
}

export function imported(
  format: ImportOptions['format'],
  text: string,
  more: Partial<ImportOptions> = {},
): ImportedScenario {
  return importLoadScenario({ format, text, file: 'input', ...more });
}

/** What `perfkit validate` and `perfkit plan` make of the written scenario, every secret set. */
export async function planned({ yaml }: Pick<ImportedScenario, 'yaml'>): Promise<LoadPlan> {
  const env = Object.fromEntries(secretNames(yaml).map((name) => [name, 'value']));
  const plan = await planYaml(yaml, { env });
  assert.ok(plan.kind === 'load');
  return plan;
}

export async function stepsOf(
  format: ImportOptions['format'],
  text: string,
  more: Partial<ImportOptions> = {},
): Promise<StepPlan[]> {
  return (await planned(imported(format, text, more))).flows.flatMap(({ steps }) => steps);
}

export function headersOf({ headers }: StepPlan): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

export interface HarRequest {
  readonly method?: string;
  readonly url: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly status?: number;
}

/** A HAR with these requests, as a browser writes it. */
export function har(requests: readonly HarRequest[]): string {
  const entries = requests.map(({ method = 'GET', url, headers = [], body, status = 200 }, index) => ({
    startedDateTime: new Date(1_700_000_000_000 + index * 100).toISOString(),
    time: 5,
    request: {
      method,
      url,
      headers: headers.map(([name, value]) => ({ name, value })),
      ...(body === undefined ? {} : { postData: { mimeType: '', text: body } }),
    },
    response: { status, content: { mimeType: 'application/json' } },
  }));
  return JSON.stringify({ log: { version: '1.2', entries } });
}
