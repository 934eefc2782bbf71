import { dirname, resolve } from 'node:path';
import { checkPlainData } from './plain-data.ts';
import { dataDocument } from './document.ts';
import { interpolate } from './interpolate.ts';
import { readDocument } from './read-document.ts';
import type { ProcessEnvironment } from './interpolate.ts';
import type { ScenarioDocument } from './document.ts';
import type { Fault } from '../problems/problem.ts';
import type { Scenario } from '../scenario/schema.ts';

/** A file (as given by the user), or a scenario made in memory whose modules are relative to `folder` (default: cwd). */
export type ScenarioSource =
  | { readonly file: string }
  | { readonly file: null; readonly scenario: unknown; readonly folder?: string };

export interface LoadedScenario {
  readonly document: ScenarioDocument;
  /** Null when its shape is wrong. */
  readonly scenario: Scenario | null;
  readonly faults: readonly Fault[];
  /** Absolute. */
  readonly folder: string;
}

/**
 * Read a scenario, put environment variables in and check its shape. Mistakes in it come as faults, all at once;
 * a file that cannot be read, or a module that does not load, is a PerfkitError.
 */
export async function loadScenario(
  source: ScenarioSource,
  options: { readonly cwd: string; readonly env: ProcessEnvironment },
): Promise<LoadedScenario> {
  const { cwd, env } = options;
  if (source.file === null)
    return check(dataDocument(null, source.scenario), resolve(cwd, source.folder ?? '.'), env);
  const absolute = resolve(cwd, source.file);
  const { document, faults } = await readDocument(source.file, absolute);
  const folder = dirname(absolute);
  return faults.length > 0 ? { document, scenario: null, faults, folder } : check(document, folder, env);
}

async function check(
  document: ScenarioDocument,
  folder: string,
  env: ProcessEnvironment,
): Promise<LoadedScenario> {
  const plain = checkPlainData(document.value);
  if (!plain.walkable) return { document, scenario: null, faults: plain.faults, folder };
  const { value, faults: unset, replaced } = interpolate(document.value, env);
  const faults = [...plain.faults, ...unset];
  const mapped = mapOffsets(document, replaced);
  const { validateShape } = await import('../scenario/validate-shape.ts');
  const shape = validateShape(value, new Set(replaced.keys()));
  // What is wrong with a value or a variable in it explains whatever else is wrong there.
  const explained = new Set(faults.map(({ path }) => JSON.stringify(path)));
  const others = shape.faults.filter(({ path }) => !explained.has(JSON.stringify(path)));
  const sourced = faults.map((fault) => ({
    ...fault,
    position: document.locate(fault.path, { offset: fault.offset }) ?? undefined,
  }));
  return {
    document: mapped,
    scenario: shape.scenario,
    faults: [...sourced.map(withoutEmptyPosition), ...others],
    folder,
  };
}

function withoutEmptyPosition({
  position,
  ...fault
}: Omit<Fault, 'position'> & { position: Fault['position'] | undefined }): Fault {
  return position === undefined ? fault : { ...fault, position };
}

/** Offsets in texts where variables were put in lead back to the text as it was written. */
function mapOffsets(
  document: ScenarioDocument,
  replaced: ReadonlyMap<string, (offset: number) => number>,
): ScenarioDocument {
  const locate: ScenarioDocument['locate'] = (path, place = {}) => {
    const toSource = replaced.get(JSON.stringify(path));
    const offset = place.offset === undefined ? undefined : (toSource?.(place.offset) ?? place.offset);
    return document.locate(path, { ...place, offset });
  };
  return { ...document, locate };
}
