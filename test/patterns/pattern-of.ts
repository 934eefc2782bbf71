import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Pattern } from 'perfkit/store';

/** A pattern in which the test fills in what matters. */
export function patternOf(id: string, fields: Partial<Pattern> = {}): Pattern {
  return {
    id,
    type: 'routine',
    domain: 'home',
    confidence: 0.5,
    usageCount: 1,
    createdAtMs: 1_700_000_000_000,
    updatedAtMs: 1_700_000_000_000,
    lastUsedAtMs: null,
    body: Uint8Array.from(Buffer.from(`body of ${id}`)),
    ...fields,
  };
}

/** Bodies as plain arrays: levels give back other kinds of Uint8Array. */
export function plain(pattern: Pattern | undefined): unknown {
  return pattern && { ...pattern, body: [...pattern.body] };
}

/** A folder that goes with the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-system-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
