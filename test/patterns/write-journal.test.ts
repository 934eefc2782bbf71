import assert from 'node:assert/strict';
import fs, { readFileSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { checksum, confidenceKind, putKind, readSegment } from '../../scenarios/patterns/journal-format.ts';
import { decodePattern, encodePattern } from '../../scenarios/patterns/pattern-codec.ts';
import { journalSegments, WriteJournal } from '../../scenarios/patterns/write-journal.ts';
import { patternOf, plain } from '../components/store/patterns.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const name = fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }).filter((text) => text.isWellFormed());

test('a pattern comes back from its bytes as it was', () => {
  fc.assert(
    fc.property(
      name,
      name,
      name,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.maxSafeNat(),
      fc.option(fc.integer({ min: -5 })),
      fc.uint8Array({ maxLength: 500 }),
      (id, type, domain, confidence, usageCount, lastUsedAtMs, body) => {
        const pattern = patternOf(id, { type, domain, confidence, usageCount, lastUsedAtMs, body });
        assert.deepEqual(plain(decodePattern(encodePattern(pattern))), plain(pattern));
      },
    ),
    { numRuns: 200 },
  );
});

test('the checksum of a record of any length is the CRC-32 of zlib', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, from) => {
      const at = Math.min(from, bytes.length);
      assert.equal(checksum(Buffer.from(bytes), at, bytes.length), crc32(bytes.subarray(at)));
    }),
    { numRuns: 200 },
  );
});

test('a segment that was cut anywhere gives the records before the cut', (context) => {
  const folder = temporaryFolder(context);
  const journal = new WriteJournal(folder);
  journal.put(patternOf('first'));
  journal.confidence('second', 0.25);
  journal.put(patternOf('third', { lastUsedAtMs: 5 }));
  const path = journal.rotate();
  assert.ok(path !== null);
  assert.equal(journal.rotate(), null);
  journal.close();
  const all = recordsOf(path);
  assert.deepEqual(
    all.map(({ text }) => text),
    ['put first', 'second 0.25', 'put third'],
  );
  const bytes = readFileSync(path);
  const cut = join(folder, 'cut');
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(cut, bytes.subarray(0, length));
    assert.deepEqual(
      recordsOf(cut),
      all.filter(({ end }) => end <= length),
    );
  }
  // A byte that is not what was written ends the segment too.
  const damaged = Uint8Array.from(bytes);
  const at = (all[0]?.end ?? 0) + 12;
  damaged[at] = 255 - (damaged[at] ?? 0);
  writeFileSync(cut, damaged);
  assert.equal(recordsOf(cut).length, 1);
  // As does room that was not written to.
  writeFileSync(cut, Buffer.concat([bytes, Buffer.alloc(100)]));
  assert.equal(recordsOf(cut).length, 3);
});

test('records longer than the buffers for reading and writing come back whole', (context) => {
  const journal = new WriteJournal(temporaryFolder(context));
  const lengths = [10, 70_000, 300_000, 255_990, 5_000_000, 0];
  for (const [index, length] of lengths.entries()) {
    journal.put(patternOf(`p${index}`, { body: new Uint8Array(length).fill(index) }));
  }
  const path = journal.rotate();
  journal.close();
  const bodies = Array.from(
    readSegment(path ?? ''),
    ({ payload }) => decodePattern(payload.subarray(1)).body,
  );
  assert.deepEqual(
    bodies.map(({ length }) => length),
    lengths,
  );
});

test('a length that no file has ends the segment, without memory for it', (context) => {
  const path = join(temporaryFolder(context), 'hostile');
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(0xffff_fff0, 0);
  writeFileSync(path, bytes);
  assert.deepEqual(recordsOf(path), []);
});

test('what a full disk took of a record is not in the way of the next', (context) => {
  const folder = temporaryFolder(context);
  const journal = new WriteJournal(folder);
  journal.put(patternOf('before'));
  // A body that is a record itself: left behind the next one it might be read.
  const body = recordBytes(context, 'forged');
  const torn = failingWrites(context, 100);
  assert.throws(() => journal.put(patternOf('torn', { body })), /no space/);
  torn.restore();
  journal.confidence('after', 0.5);
  const path = journal.rotate();
  journal.close();
  assert.deepEqual(
    recordsOf(path ?? '').map(({ text }) => text),
    ['put before', 'after 0.5'],
  );
});

test('nothing more is acknowledged in a segment that cannot be repaired, until it is left', (context) => {
  const journal = new WriteJournal(temporaryFolder(context));
  journal.put(patternOf('before'));
  const torn = failingWrites(context, 20, true);
  assert.throws(() => journal.put(patternOf('torn')), /no space/);
  assert.throws(() => journal.put(patternOf('refused')), /cannot be cut/);
  const path = journal.rotate();
  torn.restore();
  journal.put(patternOf('after'));
  const next = journal.rotate();
  journal.close();
  assert.deepEqual(
    [path, next].map((segment) => recordsOf(segment ?? '').map(({ text }) => text)),
    [['put before'], ['put after']],
  );
});

test('a journal that is closed takes nothing, and leaves no empty segment', (context) => {
  const folder = temporaryFolder(context);
  const journal = new WriteJournal(folder);
  journal.close();
  journal.close();
  assert.throws(() => journal.put(patternOf('late')), /closed/);
  assert.equal(journal.rotate(), null);
  assert.deepEqual(journalSegments(folder), []);
});

test('a complete segment takes no more room than its records', (context) => {
  const journal = new WriteJournal(temporaryFolder(context));
  journal.confidence('p', 1);
  const path = journal.rotate() ?? '';
  assert.equal(statSync(path).size, 8 + 1 + 8 + 1);
  journal.close();
});

interface Described {
  readonly text: string;
  readonly end: number;
}

function recordsOf(path: string): Described[] {
  return Array.from(readSegment(path), ({ payload, at }) => {
    const end = at + payload.length;
    if (payload[0] === putKind) return { text: `put ${decodePattern(payload.subarray(1)).id}`, end };
    assert.equal(payload[0], confidenceKind);
    return { text: `${payload.toString('utf8', 9)} ${payload.readDoubleLE(1)}`, end };
  });
}

function recordBytes(context: TestContext, id: string): Buffer {
  const journal = new WriteJournal(temporaryFolder(context));
  journal.put(patternOf(id));
  const path = journal.rotate() ?? '';
  journal.close();
  return readFileSync(path);
}

/** From now on a write takes so many bytes, and the next one fails; also cutting the file, if asked. */
function failingWrites(context: TestContext, bytes: number, alsoCut = false): { restore: () => void } {
  const { writeSync } = fs;
  let written = false;
  const write = context.mock.method(
    fs,
    'writeSync',
    (file: number, data: Uint8Array, from: number, length: number, at: number): number => {
      if (written) throw new Error('no space left');
      written = true;
      return writeSync(file, data, from, Math.min(bytes, length), at);
    },
  );
  const cut = context.mock.method(fs, 'ftruncateSync');
  if (alsoCut) {
    cut.mock.mockImplementation(() => {
      throw new Error('cannot be cut');
    });
  }
  syncBuiltinESMExports();
  return {
    restore: () => {
      write.mock.restore();
      cut.mock.restore();
      syncBuiltinESMExports();
    },
  };
}
