import { findJson, jsonAt } from '../../flows/reply/find-json.ts';
import type { JsonPath } from '../../../model/exchange-plan.ts';

/** The value at a place of a message (UTF-8); undefined when nothing stands there, or the message is no JSON up to there. */
export function valueAt(message: Uint8Array, path: JsonPath): unknown {
  try {
    const range = findJson(message, path);
    return range === null ? undefined : jsonAt(message, range);
  } catch {
    return undefined;
  }
}
