import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PerfkitError } from '../../src/model/errors.ts';
import { plan } from '../../src/plan/plan.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { PlanOptions } from '../../src/plan/plan.ts';

export const known = { drivers: ['batcher', 'cache', 'noop'], servers: ['demo'] };

/** A temporary folder with files, removed with `using`. */
export function scenarioFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
): { folder: string } & Disposable {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'perfkit-plan-')));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Names of this machine, and no others. */
const lookup = (host: string): Promise<readonly string[]> =>
  host === 'localhost'
    ? Promise.resolve(['127.0.0.1', '::1'])
    : Promise.reject(new Error(`unknown host ${host}`));

/** Plan one YAML text as `x.perfkit.yaml`. */
export async function planYaml(yaml: string, options: Partial<PlanOptions> = {}): Promise<Plan> {
  using place = scenarioFolder({ 'x.perfkit.yaml': yaml });
  return await plan({ file: 'x.perfkit.yaml' }, { known, env: {}, cwd: place.folder, lookup, ...options });
}

/** The message of the PerfkitError that planning the text ends with. */
export async function faultsOf(yaml: string, options: Partial<PlanOptions> = {}): Promise<string> {
  return await messageOfFailure(() => planYaml(yaml, options));
}

export async function messageOfFailure(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof PerfkitError) return error.message;
    throw error;
  }
  throw new Error('expected a PerfkitError');
}

/** Only the first line of every problem: `x.perfkit.yaml:3:1: ...`. */
export function heads(message: string): string[] {
  return message.split('\n').filter((line) => /^x\.perfkit\.\w+:/.test(line));
}

export const benchYaml = `version: 1
kind: bench
name: cache/get
subjects:
  - {name: lru, use: cache}
`;

export const loadYaml = `version: 1
kind: load
name: demo/api
target: {http: "builtin:demo"}
phases:
  - {name: warmup, for: 1s, rate: 50/s, measure: false}
  - {name: steady, for: 30s, rate: 400/s}
`;
