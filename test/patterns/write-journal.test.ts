import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePattern, encodePattern } from '../../scenarios/patterns/pattern-codec.ts';
import { journalSegments, readSegment, WriteJournal } from '../../scenarios/patterns/write-journal.ts';
import type { JournalRecord } from '../../scenarios/patterns/write-journal.ts';
import { patternOf, plain, temporaryFolder } from './pattern-of.ts';

const name = fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).filter((text) => text.isWellFormed());

test('a pattern comes back from its bytes as it was', () => {
  fc.assert(
    fc.property(
      name,
      name,
      name,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.maxSafeNat(),
      fc.option(fc.nat()),
      fc.uint8Array({ maxLength: 500 }),
      (id, type, domain, confidence, usageCount, lastUsedAtMs, body) => {
        const pattern = patternOf(id, { type, domain, confidence, usageCount, lastUsedAtMs, body });
        assert.deepEqual(plain(decodePattern(encodePattern(pattern))), plain(pattern));
      },
    ),
    { numRuns: 200 },
  );
});

test('a segment that was cut anywhere gives the records before the cut', (context) => {
  const folder = temporaryFolder(context);
  const journal = new WriteJournal(folder);
  const records: JournalRecord[] = [
    { kind: 'put', pattern: patternOf('first') },
    { kind: 'confidence', id: 'second', confidence: 0.25 },
    { kind: 'put', pattern: patternOf('third', { lastUsedAtMs: 5 }) },
  ];
  const ends: number[] = [];
  for (const record of records) {
    journal.append(record);
    ends.push(readFileSync(journalSegments(folder)[0] ?? '').length);
  }
  const path = journal.rotate();
  assert.ok(path !== null);
  assert.equal(journal.rotate(), null);
  journal.close();
  const bytes = readFileSync(path);
  const cut = join(folder, 'cut');
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(cut, bytes.subarray(0, length));
    const whole = ends.filter((end) => end <= length).length;
    assert.deepEqual(readSegment(cut).map(comparable), records.slice(0, whole).map(comparable));
  }
  // A byte that is not what was written ends the segment too.
  const damaged = Uint8Array.from(bytes);
  damaged[(ends[0] ?? 0) + 12] = 255 - (damaged[(ends[0] ?? 0) + 12] ?? 0);
  writeFileSync(cut, damaged);
  assert.equal(readSegment(cut).length, 1);
});

function comparable(record: JournalRecord): unknown {
  return record.kind === 'put' ? { ...record, pattern: plain(record.pattern) } : record;
}
