import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { headerField, role } from '../../../../src/load/protocols/http2/header-field.ts';
import { HeaderDecoder } from '../../../../src/load/protocols/http2/header-decoder.ts';
import { HeaderMemo } from '../../../../src/load/protocols/http2/header-memo.ts';
import { decodeHuffman } from '../../../../src/load/protocols/http2/huffman.ts';
import type { BlockFault } from '../../../../src/load/protocols/http2/header-decoder.ts';

function decoder(maxBytes = 10_000): (hex: string) => [string, string][] | BlockFault {
  const own = new HeaderDecoder(maxBytes, new HeaderMemo());
  return (hex) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    // not at the start of its memory
    const padded = Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(3, 0xff)]);
    const fault = own.decode(padded, 3, 3 + bytes.length);
    return fault === '' ? own.fields.map(({ name, value }) => [name, value]) : fault;
  };
}

test('decodes the responses of RFC 7541 appendix C.6, evictions from a table of 256 bytes included', () => {
  const decode = decoder();
  const first = [
    [':status', '302'],
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['location', 'https://www.example.com'],
  ];
  assert.deepEqual(
    decode(
      '3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
    ),
    first,
  );
  assert.deepEqual(decode('4883 640e ffc1 c0bf'), [[':status', '307'], ...first.slice(1)]);
  assert.deepEqual(
    decode(
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
    ),
    [
      [':status', '200'],
      ['cache-control', 'private'],
      ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
      ['location', 'https://www.example.com'],
      ['content-encoding', 'gzip'],
      ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
    ],
  );
});

test('decodes literals of all forms', () => {
  const decode = decoder();
  assert.deepEqual(decode('400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572'), [
    ['custom-key', 'custom-header'],
  ]);
  assert.deepEqual(decode('be'), [['custom-key', 'custom-header']]);
  assert.deepEqual(decode('0f 0d 03 616263'), [['content-length', 'abc']]);
  assert.deepEqual(decode('10 01 61 00'), [['a', '']]);
});

test('a block that is remembered does to the table what it did the first time', () => {
  const memo = new HeaderMemo();
  const block = Buffer.from('4801314001610162', 'hex');
  const [first, second] = [new HeaderDecoder(1000, memo), new HeaderDecoder(1000, memo)];
  for (const own of [first, second, first]) {
    assert.equal(own.decode(block, 0, block.length), '');
    assert.deepEqual(
      own.fields.map(({ name, value }) => `${name} ${value}`),
      [':status 1', 'a b'],
    );
  }
  // twice in the first table, once in the second
  const fourth = Buffer.from('c1', 'hex');
  assert.equal(first.decode(fourth, 0, 1), '');
  assert.equal(first.fields[0]?.name, ':status');
  assert.equal(second.decode(fourth, 0, 1), 'compression');
});

test('a block that refers to the table is not remembered', () => {
  const memo = new HeaderMemo();
  const [first, second] = [new HeaderDecoder(1000, memo), new HeaderDecoder(1000, memo)];
  const decode = (own: HeaderDecoder, hex: string): BlockFault =>
    own.decode(Buffer.from(hex, 'hex'), 0, hex.length / 2);
  decode(first, '4001610162');
  assert.equal(decode(first, 'be'), '');
  assert.equal(decode(second, 'be'), 'compression');
});

const faulty: readonly [string, string, BlockFault][] = [
  ['index 0', '80', 'compression'],
  ['an index behind the tables', 'bf', 'compression'],
  ['an integer without end', 'ffffffffffffffffff', 'compression'],
  ['a text that is cut', '00 05 6162', 'compression'],
  ['a name without value', '00 01 61', 'compression'],
  ['Huffman padding with a 0', '00 81 18 01 61', 'compression'],
  ['Huffman padding of 8 bits', '00 82 1fff 01 61', 'compression'],
  ['the end-of-string symbol', '00 84 ffffffff 01 61', 'compression'],
  ['a table above the size that was agreed', '3fe21f', 'compression'],
  ['a table size after a field', '88 20', 'compression'],
];

for (const [name, hex, fault] of faulty) {
  test(`refuses ${name}`, () => assert.equal(decoder()(hex), fault));
}

test('refuses more than it may hold', () => {
  assert.equal(decoder(100)('400161016240016101624001610162'), 'too large');
});

test('no bytes make it throw or hang, and what it holds stays bounded', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (blocks) => {
      const own = new HeaderDecoder(500, new HeaderMemo());
      for (const block of blocks) {
        const fault = own.decode(block, 0, block.length);
        if (fault !== '') return;
        const bytes = own.fields.reduce((sum, { tableBytes }) => sum + tableBytes, 0);
        assert.ok(bytes <= 500);
      }
    }),
    { numRuns: 300 },
  );
});

test('the Huffman code is complete: any bits are symbols, padding or an error, and end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const text = decodeHuffman(bytes, 0, bytes.length);
      // the shortest code has 5 bits
      if (text !== null) assert.ok(text.length <= (bytes.length * 8) / 5);
    }),
    { numRuns: 300 },
  );
});

test('a field says what it means for the reply', () => {
  const cases: [string, string, number, number][] = [
    [':status', '204', role.status, 204],
    [':status', '099', role.malformed, 0],
    [':path', '/', role.malformed, 0],
    ['content-length', '12', role.contentLength, 12],
    ['content-length', '+1', role.malformed, 0],
    ['Upper', 'x', role.malformed, 0],
    ['connection', 'close', role.malformed, 0],
    ['x', 'a\nb', role.malformed, 0],
    ['x', 'a b', role.other, 0],
  ];
  for (const [name, value, expected, number] of cases) {
    const field = headerField(name, value);
    assert.deepEqual([field.role, field.number], [expected, number], `${name}: ${value}`);
  }
});
