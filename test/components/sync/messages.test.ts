import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createCompressor } from '../../../src/components/compressor/index.ts';
import {
  MessageError,
  createPayloadCodec,
  createSealer,
  parseSyncReply,
  parseSyncRequest,
  printSyncReply,
  printSyncRequest,
} from '../../../src/components/sync/index.ts';
import type { SyncReply, SyncRequest } from '../../../src/components/sync/index.ts';

const plain = { noNullPrototype: true };
const whole = fc.nat({ max: 1e9 });
const id = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => !text.includes('\0'));
const json = fc.option(fc.jsonValue().map((value) => JSON.stringify(value)));
const cursor = fc
  .record({ version: whole, ahead: fc.option(fc.integer({ min: 1, max: 1e6 })) })
  .map(({ version, ahead }) => ({
    epoch: '0123456789ab',
    version,
    base: ahead === null ? 0 : version + ahead,
  }));
const request: fc.Arbitrary<SyncRequest> = fc
  .record({
    clientId: id,
    cursor: fc.option(cursor),
    first: fc.integer({ min: 1, max: 1_000 }),
    changes: fc.array(fc.record({ recordId: id, json, baseVersion: fc.option(whole) }, plain), {
      maxLength: 5,
    }),
  })
  .map(({ first, changes, ...rest }) => ({
    ...rest,
    changes: changes.map((change, index) => ({ ...change, sequence: first + index })),
  }));
const reply: fc.Arbitrary<SyncReply> = fc.record(
  {
    cursor,
    full: fc.boolean(),
    more: fc.boolean(),
    outcomes: fc.array(
      fc.record(
        {
          sequence: fc.integer({ min: 1, max: 1e6 }),
          state: fc.constantFrom('applied' as const, 'conflict' as const, 'forgotten' as const),
          version: whole,
        },
        plain,
      ),
      { maxLength: 5 },
    ),
    records: fc.array(fc.record({ recordId: id, version: fc.integer({ min: 1, max: 1e9 }), json }, plain), {
      maxLength: 5,
    }),
  },
  plain,
);

test('a request that is printed and parsed is the same, and has no white space of its own', () => {
  fc.assert(
    fc.property(request, (one) => {
      const text = printSyncRequest(one);
      assert.deepEqual(parseSyncRequest(text), one);
      assert.equal(text, JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 200 },
  );
});

test('a reply that is printed and parsed is the same, and has no white space of its own', () => {
  fc.assert(
    fc.property(reply, (one) => {
      const text = printSyncReply(one);
      assert.deepEqual(parseSyncReply(text), one);
      assert.equal(text, JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 200 },
  );
});

test('whatever comes in is parsed or refused with a MessageError', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .object({ key: fc.constantFrom('client', 'cursor', 'changes', 'records', 'sequence') })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      for (const parse of [parseSyncRequest, parseSyncReply]) {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof MessageError, String(error));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a value that nests deeper than it could be written again is refused', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  assert.throws(
    () => parseSyncRequest(`{"client":"a","changes":[{"sequence":1,"id":"x","value":${deep}}]}`),
    MessageError,
  );
});

test('a message that is wrong is refused with the place of the fault', () => {
  const cases = [
    ['[]', /`request` to be an object, got a list/],
    ['{"client":"a","token":1}', /an object of client, cursor, changes, got "token"/],
    ['{"client":"a","cursor":"1-2"}', /`request.cursor`/],
    ['{"client":"a","changes":[{"sequence":0,"id":"x"}]}', /`request.changes\[0\].sequence`/],
    ['{"client":"a","changes":[{"sequence":1,"id":"x"},{"sequence":3,"id":"x"}]}', /to be 2, got 3/],
    [`{"client":"a","changes":[${'{},'.repeat(1_000)}{}]}`, /at most 1000 long, got 1001/],
  ] as const;
  for (const [text, message] of cases) assert.throws(() => parseSyncRequest(text), message);
});

describe('the payload codec', () => {
  const sealer = createSealer({ keys: { k: Buffer.alloc(32, 7) }, current: 'k' });
  const text = JSON.stringify(
    Array.from({ length: 200 }, (_, index) => ({ id: `record-${index}`, kind: 'mood' })),
  );

  for (const codec of ['gzip', 'brotli', 'zstd'] as const) {
    test(`carries text through ${codec} and encryption, smaller than it was`, async () => {
      const payloads = createPayloadCodec({ compressor: createCompressor({ codec }), sealer });
      const payload = await payloads.encode(text);
      assert.ok(payload.byteLength < text.length / 4);
      assert.equal(await payloads.decode(payload), text);
    });
  }

  test('is UTF-8 without a compressor and a sealer', async () => {
    assert.equal(Buffer.from(await createPayloadCodec().encode('{"ü":"💡"}')).toString(), '{"ü":"💡"}');
    await assert.rejects(createPayloadCodec().decode(Buffer.from([0xff])), /UTF-8/);
  });

  test('refuses more text than it may hold, also when that is compressed', async () => {
    const small = createPayloadCodec({ maxTextBytes: 1_000 });
    await assert.rejects(small.decode(Buffer.alloc(1_001, 'a')), /at most 1000 bytes/);
    const bomb = await createPayloadCodec({ compressor: createCompressor() }).encode('a'.repeat(1e6));
    const compressed = createPayloadCodec({ compressor: createCompressor(), maxTextBytes: 1_000 });
    await assert.rejects(compressed.decode(bomb), { name: 'OutputTooLargeError' });
  });
});
