import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { SealError, createSealer } from '../../../src/components/sync/index.ts';

const keys = { old: Buffer.alloc(32, 1), 'new.2': Buffer.alloc(32, 2) };
const sealer = createSealer({ keys, current: 'new.2', context: 'client-7' });

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SealError) return error.reason;
    throw error;
  }
  return 'opened';
}

test('what was sealed opens as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4_000 }), (data) => {
      const sealed = sealer.seal(data);
      assert.equal(sealed.byteLength, data.byteLength + 30 + 'new.2'.length);
      assert.deepEqual([...sealer.open(sealed)], [...data]);
    }),
  );
});

test('the format is AES-256-GCM with the header that is documented', () => {
  const sealed = sealer.seal(Buffer.from('state'));
  assert.deepEqual([...sealed.subarray(0, 7)], [1, 5, ...Buffer.from('new.2')]);
  const decipher = createDecipheriv('aes-256-gcm', keys['new.2'], sealed.subarray(7, 19));
  decipher.setAAD(Buffer.concat([sealed.subarray(0, 7), Buffer.from('client-7')]));
  decipher.setAuthTag(sealed.subarray(-16));
  assert.equal(
    `${decipher.update(sealed.subarray(19, -16), undefined, 'utf8')}${decipher.final('utf8')}`,
    'state',
  );
});

test('a payload that was changed in any bit or cut at any byte does not open', () => {
  const sealed = sealer.seal(Buffer.from('the state of a device'));
  for (let bit = 0; bit < sealed.byteLength * 8; bit++) {
    const changed = Uint8Array.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.notEqual(
      reasonOf(() => sealer.open(changed)),
      'opened',
    );
  }
  for (let length = 0; length < sealed.byteLength; length++) {
    assert.notEqual(
      reasonOf(() => sealer.open(sealed.subarray(0, length))),
      'opened',
    );
  }
});

test('a payload opens with the key it names while that is known, and in its own context only', () => {
  const before = createSealer({ keys: { old: keys.old }, current: 'old', context: 'client-7' });
  const sealed = before.seal(Buffer.from('x'));
  assert.equal(Buffer.from(sealer.open(sealed)).toString(), 'x');
  assert.equal(
    reasonOf(() => before.open(sealer.seal(Buffer.from('x')))),
    'key',
  );
  const other = createSealer({ keys, current: 'new.2', context: 'client-8' });
  assert.equal(
    reasonOf(() => other.open(sealer.seal(Buffer.from('x')))),
    'forged',
  );
  assert.equal(
    reasonOf(() => sealer.open(Buffer.from('{"plain":true}'))),
    'format',
  );
});

test('no nonce is used twice, also when the random bytes are fetched anew', () => {
  const nonces = new Set(
    Array.from({ length: 1_000 }, () =>
      Buffer.from(sealer.seal(new Uint8Array(0)).subarray(7, 19)).toString('hex'),
    ),
  );
  assert.equal(nonces.size, 1_000);
});

test('keys are checked', () => {
  assert.throws(
    () => createSealer({ keys: { a: Buffer.alloc(16) }, current: 'a' }),
    /`keys.a` to be 32 bytes/,
  );
  assert.throws(
    () => createSealer({ keys: { 'a b': Buffer.alloc(32) }, current: 'a b' }),
    /`keys` to be ids/,
  );
  assert.throws(() => createSealer({ keys, current: 'none' }), /`current` to be one of the keys old, new.2/);
});
