import type { JsonPlace } from '../../../model/stream-plan.ts';

/** What stands at a place of a JSON text; undefined when nothing does, or the text is not JSON. */
export function valueAt(json: string, place: JsonPlace): unknown {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  for (const part of place) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}
