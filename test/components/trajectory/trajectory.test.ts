import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import {
  CorruptTrajectoryError,
  decodeTrajectory,
  encodeTrajectory,
} from '../../../src/components/trajectory/index.ts';
import { createRandom } from '../../../src/measure/random.ts';

const patterns = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(
    0n, // 0
    1n << 63n, // -0
    0x7ffn << 52n, // infinity
    0xfffn << 52n,
    0x7ff8_0000_0000_0000n, // NaN
    0x7ff0_0000_0000_0001n, // a signalling NaN
    0xffff_ffff_ffff_ffffn, // a NaN with all of its payload
    1n, // the smallest
    0x7fef_ffff_ffff_ffffn, // the largest
  ),
);
const decimals = fc
  .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 0, max: 9 }))
  .map(([integer, exponent]) => integer / 10 ** exponent);
const pattern = fc.oneof(patterns, decimals.map(bitsOf), fc.float().map(bitsOf), fc.integer().map(bitsOf));

function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0]!;
}

function columnOf(bits: readonly bigint[]): Float64Array {
  return new Float64Array(BigUint64Array.from(bits).buffer);
}

function same(column: Float64Array, other: Float64Array | undefined): void {
  assert.deepEqual(
    new BigUint64Array(column.buffer, column.byteOffset, column.length),
    other === undefined ? undefined : new BigUint64Array(other.buffer, other.byteOffset, other.length),
  );
}

test('every double comes back to the bit, whatever its 64 bits are', () => {
  const columns = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.nat({ max: 200 })).chain(([count, length]) =>
    fc.array(fc.array(pattern, { minLength: length, maxLength: length, size: 'max' }), {
      minLength: count,
      maxLength: count,
    }),
  );
  fc.assert(
    fc.property(columns, (all) => {
      const given = all.map(columnOf);
      const back = decodeTrajectory(encodeTrajectory(given));
      assert.equal(back.length, given.length);
      for (const [index, column] of given.entries()) same(column, back[index]);
    }),
    { numRuns: 300 },
  );
});

test('so does a column of one kind of numbers with a few others among them, over several blocks', () => {
  const kind = fc.constantFrom(
    (x: number) => x,
    Math.fround,
    (x: number) => Math.round(x * 1e6) / 1e6,
    (x: number) => Math.round(x * 1e13) / 1e13,
    Math.round,
    (x: number) => x * 1e300,
    (x: number) => x * 2 ** -1060,
  );
  const others = fc.array(fc.tuple(fc.nat({ max: 9_999 }), pattern), { maxLength: 20 });
  fc.assert(
    fc.property(kind, others, fc.nat(), fc.integer({ min: 1, max: 10_000 }), (f, some, seed, length) => {
      const random = createRandom(seed);
      let value = random.next() * 100;
      const column = Float64Array.from({ length }, () => f((value += random.next() - 0.5)));
      const bits = new BigUint64Array(column.buffer);
      for (const [at, other] of some) if (at < length) bits[at] = other;
      const encoded = encodeTrajectory([column]);
      same(column, decodeTrajectory(encoded)[0]);
      assert.ok(encoded.length <= length * 8 + 16 + Math.ceil(length / 4_096));
    }),
    { numRuns: 100 },
  );
});

test('a view that starts inside of a buffer is a column like any', () => {
  const whole = Float64Array.from({ length: 100 }, (_, index) => index / 7);
  same(whole.subarray(3, 90), decodeTrajectory(encodeTrajectory([whole.subarray(3, 90)]))[0]);
});

test('seeded smooth trajectories are saved 85 % of their bytes as decimals, 70 % as floats of 32 bits', () => {
  const random = createRandom(11);
  const smooth = (digits: number): Float64Array => {
    let [position, speed] = [random.next() * 100, 0];
    return Float64Array.from({ length: 5_000 }, () => {
      speed = speed * 0.98 + (random.next() - 0.5) * 0.0002;
      position += speed;
      return digits === 0 ? Math.fround(position) : Math.round(position * 10 ** digits) / 10 ** digits;
    });
  };
  for (const [digits, least] of [
    [4, 0.93],
    [6, 0.85],
    [0, 0.7],
  ] as const) {
    const columns = Array.from({ length: 4 }, () => smooth(digits));
    const saved = 1 - encodeTrajectory(columns).length / (4 * 5_000 * 8);
    assert.ok(saved >= least, `${digits} digits: ${saved}`);
  }
});

test('says what it cannot encode', () => {
  assert.throws(() => Reflect.apply(encodeTrajectory, null, ['track']), /`columns` to be an array/);
  assert.throws(
    () => Reflect.apply(encodeTrajectory, null, [[[1, 2]]]),
    /`columns\[0\]` to be a Float64Array/,
  );
  assert.throws(
    () => encodeTrajectory([new Float64Array(2), new Float64Array(3)]),
    /`columns\[1\]` to be 2 numbers long, as the first, got `3`/,
  );
});

const sample = encodeTrajectory([
  Float64Array.from({ length: 300 }, (_, index) => Math.round(Math.sin(index) * 1e4) / 1e4),
  Float64Array.from({ length: 300 }, (_, index) => Math.cos(index)),
]);

test('bytes that were cut, changed or made longer are refused', () => {
  for (let length = 0; length < sample.length; length += 7) {
    assert.throws(() => decodeTrajectory(sample.subarray(0, length)), CorruptTrajectoryError);
  }
  assert.throws(() => decodeTrajectory(Buffer.concat([sample, Buffer.from([0])])), CorruptTrajectoryError);
  fc.assert(
    fc.property(fc.nat(sample.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Uint8Array.from(sample);
      changed[at]! ^= change;
      assert.throws(() => decodeTrajectory(changed), CorruptTrajectoryError);
    }),
    { numRuns: 300 },
  );
});

/** The bytes with a checksum that fits: what an attacker sends. */
function vouched(bytes: Uint8Array): Uint8Array {
  const checked = Uint8Array.from(bytes);
  new DataView(checked.buffer).setUint32(bytes.length - 4, crc32(checked.subarray(0, -4)), true);
  return checked;
}

test('bytes made by somebody else give numbers or an error of its own, and come to an end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(sample.length - 5), fc.nat(255)), { minLength: 1, maxLength: 12 }),
      (changes) => {
        const changed = Uint8Array.from(sample);
        for (const [at, byte] of changes) changed[at] = byte;
        decodeOrRefuse(vouched(changed));
      },
    ),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      decodeOrRefuse(vouched(Buffer.concat([Buffer.from([0x54, 1, 2, 100]), noise, Buffer.alloc(4)])));
    }),
    { numRuns: 300 },
  );
});

function decodeOrRefuse(bytes: Uint8Array): void {
  try {
    const columns = decodeTrajectory(bytes, { maxValues: 100_000 });
    assert.ok(columns.every((column) => column instanceof Float64Array));
  } catch (error) {
    assert.ok(error instanceof CorruptTrajectoryError, String(error));
  }
}

test('a claim of many numbers in few bytes is refused before they are allocated', () => {
  const claim = (columns: number[], length: number[]): Uint8Array =>
    vouched(Uint8Array.from([0x54, 1, ...columns, ...length, 0, 0, 0, 0]));
  const million = [0x80, 0x89, 0x7a]; // 2,000,000
  assert.throws(() => decodeTrajectory(claim([1], million)), /too few bytes for 1 columns of 2000000/);
  assert.throws(() => decodeTrajectory(claim([16], million)), /`maxValues` allows 16777216/);
  assert.throws(() => decodeTrajectory(claim(million, [0]), { maxValues: 1_000 }), /`maxValues` allows 1000/);
  assert.throws(() => decodeTrajectory(sample, { maxValues: 599 }), /2 columns of 300 numbers/);
  assert.equal(decodeTrajectory(sample, { maxValues: 600 }).length, 2);
});

test('says where the bytes go wrong', () => {
  assert.throws(() => decodeTrajectory(Buffer.from('no trajectory')), {
    name: 'CorruptTrajectoryError',
    message: 'Expected the bytes of one encoded trajectory, got another first byte (at byte 1).',
  });
  assert.throws(() => decodeTrajectory(Uint8Array.from([0x54, 9, 0, 0, 0, 0, 0, 0])), /version 9/);
  assert.throws(() => Reflect.apply(decodeTrajectory, null, ['text']), /`bytes` to be a Uint8Array/);
});
