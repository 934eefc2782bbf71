import {
  capacitiesReporters,
  capacityReporters,
  pairedReporters,
  readCapacities,
  readCapacity,
  readPaired,
} from '../index.ts';
import type { ReportOptions } from '../index.ts';

/** A document that is no result of a run. */
export interface OtherDocument {
  /** `a capacity search` */
  readonly what: string;
  readonly formats: Readonly<Record<string, (options: ReportOptions) => string>>;
}

/** The capacity search or paired run that a file or folder holds; null for anything else. Throws PerfkitError. */
export async function readOther(path: string): Promise<OtherDocument | null> {
  const capacity = await readCapacity(path);
  if (capacity !== null) return { what: 'a capacity search', formats: bind(capacityReporters, capacity) };
  const capacities = await readCapacities(path);
  if (capacities !== null)
    return { what: 'a capacity search', formats: bind(capacitiesReporters, capacities) };
  const paired = await readPaired(path);
  return paired === null
    ? null
    : { what: 'a comparison of versions', formats: bind(pairedReporters, paired) };
}

function bind<T>(
  reporters: Readonly<Record<string, (document: T, options: ReportOptions) => string>>,
  document: T,
): OtherDocument['formats'] {
  return Object.fromEntries(
    Object.entries(reporters).map(([name, render]) => [
      name,
      (options: ReportOptions) => render(document, options),
    ]),
  );
}
