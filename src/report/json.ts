import { jsonText } from './json-text.ts';
import type { Reporter } from './reporter.ts';

/** The document itself (schema/result-v1.json). */
export const json: Reporter = (document) => jsonText(document);
