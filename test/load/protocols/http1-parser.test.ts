import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeadMemo } from '../../../src/load/protocols/head-memo.ts';
import { Http1Parser, maxInterimReplies } from '../../../src/load/protocols/http1-parser.ts';
import { reply } from '../../../src/load/protocols/protocol.ts';

const limits = { maxHeaderBytes: 300, maxBodyBytes: 50 };

interface Result {
  readonly state: number;
  readonly status: number;
  readonly keepAlive: boolean;
  readonly bodyBytes: number;
  readonly used: number;
  readonly reason: string;
  readonly fault: string;
}

/** Push the text in pieces cut at `cuts`, each at another place of a larger buffer; then end the stream if asked. */
function parse(
  text: string,
  {
    cuts = [],
    bodiless = false,
    end = false,
    parser = new Http1Parser(limits, new HeadMemo()),
  }: { cuts?: readonly number[]; bodiless?: boolean; end?: boolean; parser?: Http1Parser } = {},
): Result {
  const bytes = Buffer.from(text, 'latin1');
  const bounds = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  parser.expect(bodiless, null);
  let used = 0;
  for (const [index, from] of bounds.entries()) {
    const to = bounds[index + 1] ?? from;
    if (to === from || parser.state !== reply.more) continue;
    // the same memory for each piece, as one read buffer is
    const buffer = Buffer.alloc(bytes.length + 7, '!');
    bytes.copy(buffer, 7, from, to);
    used += parser.push(buffer, 7, 7 + to - from) - 7;
    buffer.fill('?');
  }
  if (end) parser.end();
  return {
    state: parser.state,
    status: parser.status,
    keepAlive: parser.keepAlive,
    bodyBytes: parser.bodyBytes,
    used,
    reason: parser.reason,
    fault: parser.state === reply.failed ? parser.fault : '',
  };
}

function lines(...all: string[]): string {
  return all.join('\r\n');
}

const good: readonly [string, string, Partial<Result>, boolean?][] = [
  [
    'content-length',
    lines('HTTP/1.1 200 OK', 'Content-Length: 5', '', 'hello'),
    { status: 200, bodyBytes: 5, keepAlive: true },
  ],
  ['no reason phrase', lines('HTTP/1.1 404', 'content-LENGTH:0', '', ''), { status: 404, bodyBytes: 0 }],
  [
    'white space around a length',
    lines('HTTP/1.1 200 OK', 'Content-Length: \t 3 ', '', 'abc'),
    { bodyBytes: 3 },
  ],
  [
    'the same length twice',
    lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 1', '', 'a'),
    { bodyBytes: 1 },
  ],
  [
    'connection: close',
    lines('HTTP/1.1 200 OK', 'Connection: Close', 'Content-Length: 0', '', ''),
    { keepAlive: false },
  ],
  [
    'close in a list',
    lines('HTTP/1.1 200 OK', 'Connection: keep-alive, close', 'Content-Length: 0', '', ''),
    { keepAlive: false },
  ],
  ['HTTP/1.0', lines('HTTP/1.0 200 OK', 'Content-Length: 1', '', 'a'), { keepAlive: false }],
  [
    'HTTP/1.0 with keep-alive',
    lines('HTTP/1.0 200 OK', 'Connection: keep-alive', 'Content-Length: 1', '', 'a'),
    { keepAlive: true },
  ],
  [
    'chunks',
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '3', 'abc', '0a', '0123456789', '0', '', ''),
    { bodyBytes: 13, keepAlive: true },
  ],
  [
    'chunk extensions and trailers',
    lines(
      'HTTP/1.1 200 OK',
      'Transfer-Encoding: Chunked',
      '',
      '1;a="b"',
      'x',
      '0 ;c',
      'X-Sum: 1',
      'Y: 2',
      '',
      '',
    ),
    { bodyBytes: 1 },
  ],
  ['no body after 204', lines('HTTP/1.1 204 No Content', 'X: y', '', ''), { status: 204, bodyBytes: 0 }],
  [
    'no body after 304',
    lines('HTTP/1.1 304 Not Modified', 'Content-Length: 100', '', ''),
    { status: 304, bodyBytes: 0 },
  ],
  [
    'no body after HEAD',
    lines('HTTP/1.1 200 OK', 'Content-Length: 1000', '', ''),
    { status: 200, bodyBytes: 0 },
    true,
  ],
  [
    'interim replies',
    lines(
      'HTTP/1.1 100 Continue',
      '',
      'HTTP/1.1 103 Early Hints',
      'Link: x',
      '',
      'HTTP/1.1 201 Created',
      'Content-Length: 2',
      '',
      'ok',
    ),
    { status: 201, bodyBytes: 2 },
  ],
  [
    'names that only resemble',
    lines(
      'HTTP/1.1 200 OK',
      'Content-Lengthy: 9',
      'XContent-Length: 9',
      'Connectiom: close',
      'Content-Length: 1',
      '',
      'a',
    ),
    { bodyBytes: 1, keepAlive: true },
  ],
  [
    'empty and Latin-1 values',
    lines('HTTP/1.1 200 OK', 'Empty:', 'Word: na\xefve\ttab', 'Content-Length: 0', '', ''),
    { status: 200 },
  ],
];

test('reads valid replies', async (t) => {
  for (const [name, text, expected, bodiless = false] of good) {
    await t.test(name, () => {
      const result = parse(text, { bodiless });
      assert.equal(result.reason, '');
      assert.equal(result.state, reply.done);
      assert.equal(result.used, text.length);
      for (const [key, value] of Object.entries(expected)) assert.equal(Reflect.get(result, key), value, key);
    });
  }
});

test('reads a body without a length until the stream ends', () => {
  const text = lines('HTTP/1.1 200 OK', 'X: y', '', 'abc');
  assert.equal(parse(text).state, reply.more);
  const ended = parse(text, { end: true });
  assert.deepEqual([ended.state, ended.bodyBytes, ended.keepAlive], [reply.done, 3, false]);
});

test('leaves the bytes after a reply', () => {
  const one = lines('HTTP/1.1 200 OK', 'Content-Length: 1', '', 'a');
  for (const [text, bodiless] of [
    [one, false],
    [lines('HTTP/1.1 204 N', '', ''), false],
    [lines('HTTP/1.1 200 OK', 'Content-Length: 9', '', ''), true],
    [lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '0', '', ''), false],
  ] as const) {
    const result = parse(`${text}HTTP/1.1 500`, { bodiless });
    assert.deepEqual([result.state, result.used], [reply.done, text.length]);
  }
});

const bad: readonly [string, string, RegExp][] = [
  ['another protocol', 'SSH-2.0-OpenSSH', /status line/],
  ['HTTP/0.9', '<html>', /status line/],
  ['HTTP/2', lines('HTTP/2 200', '', ''), /status line/],
  ['HTTP/1.2', lines('HTTP/1.2 200 OK', '', ''), /status line/],
  ['a status of 999', lines('HTTP/1.1 999 X', '', ''), /status line/],
  ['a status of 099', lines('HTTP/1.1 099 X', '', ''), /status line/],
  ['a status of two digits', lines('HTTP/1.1 20 OK', '', ''), /status line/],
  ['a status of four digits', lines('HTTP/1.1 2000 OK', '', ''), /status line/],
  [
    'length and chunks',
    lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked', '', ''),
    /both/,
  ],
  [
    'two differing lengths',
    lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2', '', ''),
    /differing/,
  ],
  ['a negative length', lines('HTTP/1.1 200 OK', 'Content-Length: -1', '', ''), /Content-Length/],
  [
    'an overflowing length',
    lines('HTTP/1.1 200 OK', 'Content-Length: 18446744073709551617', '', ''),
    /Content-Length/,
  ],
  ['a hexadecimal length', lines('HTTP/1.1 200 OK', 'Content-Length: 0x5', '', ''), /Content-Length/],
  ['a list of lengths', lines('HTTP/1.1 200 OK', 'Content-Length: 5, 5', '', ''), /Content-Length/],
  ['an empty length', lines('HTTP/1.1 200 OK', 'Content-Length: ', '', ''), /Content-Length/],
  ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', /LF without CR/],
  ['bare CR', 'HTTP/1.1 200 OK\rX: y\r\n\r\n', /CR without LF/],
  ['a folded line', lines('HTTP/1.1 200 OK', 'X: a', ' b', '', ''), /folded/],
  ['NUL', lines('HTTP/1.1 200 OK', 'X: a\0b', '', ''), /control/],
  ['DEL', lines('HTTP/1.1 200 OK', 'X: a\x7fb', '', ''), /control/],
  ['a space before the colon', lines('HTTP/1.1 200 OK', 'Content-Length : 5', '', ''), /name/],
  ['a line without colon', lines('HTTP/1.1 200 OK', 'nonsense', '', ''), /name/],
  ['a line without name', lines('HTTP/1.1 200 OK', ': x', '', ''), /name/],
  [
    'another transfer coding',
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked', '', ''),
    /Transfer-Encoding/,
  ],
  [
    'chunked twice',
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', '', ''),
    /two Transfer/,
  ],
  ['chunks in HTTP/1.0', lines('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked', '', ''), /1\.0/],
  ['switching protocols', lines('HTTP/1.1 101 Switching', '', ''), /switches/],
  [
    'endless interim replies',
    lines('HTTP/1.1 100 Continue', '', '').repeat(maxInterimReplies + 1),
    /interim/,
  ],
  ['a long header', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(400)}`, /limit of 300/],
  ['no chunk size', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '', 'x'), /no valid size/],
  [
    'a bad chunk size',
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', 'xyz', ''),
    /no valid size/,
  ],
  [
    'a negative chunk size',
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '-1', ''),
    /no valid size/,
  ],
  [
    'a huge chunk size',
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', 'ffffffffffffffff', ''),
    /digits/,
  ],
  [
    'a chunk longer than its size',
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '1', 'ab', ''),
    /longer than its size/,
  ],
  ['LF after a chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx', /size/],
  [
    'endless trailers',
    `${lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '0', '')}X: ${'a'.repeat(400)}`,
    /trailers/,
  ],
];

test('refuses what is not a valid reply, with a reason', async (t) => {
  for (const [name, text, reason] of bad) {
    await t.test(name, () => {
      const result = parse(text);
      assert.equal(result.state, reply.failed);
      assert.match(result.reason, reason);
      assert.equal(result.fault, 'protocol');
      assert.equal(result.keepAlive, false);
    });
  }
});

test('refuses a body above the limit as soon as it can be known', () => {
  const tooLong = parse(lines('HTTP/1.1 200 OK', 'Content-Length: 51', '', ''));
  const chunked = parse(
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '28', 'x'.repeat(40), '28', 'x'.repeat(11)),
  );
  const endless = parse(lines('HTTP/1.1 200 OK', '', 'x'.repeat(51)));
  for (const result of [tooLong, chunked, endless]) {
    assert.equal(result.state, reply.failed);
    assert.equal(result.fault, 'body_too_large');
  }
  assert.equal(parse(lines('HTTP/1.1 200 OK', 'Content-Length: 50', '', 'x'.repeat(50))).state, reply.done);
});

test('tells a reply that was cut short', () => {
  for (const text of [
    '',
    'HTTP/1.1 200',
    lines('HTTP/1.1 200 OK', 'Content-Length: 5', '', 'ab'),
    lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '3', 'abc', ''),
  ]) {
    assert.equal(parse(text, { end: true }).fault, 'closed');
  }
});

test('gives the same result wherever a reply is cut in two', () => {
  for (const [, text, , bodiless = false] of good) {
    const whole = parse(text, { bodiless });
    for (let cut = 1; cut < text.length; cut++)
      assert.deepEqual(parse(text, { cuts: [cut], bodiless }), whole);
  }
  for (const [, text] of bad) {
    const whole = parse(text);
    for (let cut = 1; cut < text.length; cut++) assert.deepEqual(parse(text, { cuts: [cut] }), whole);
  }
});

const pieces = [
  'HTTP/1.1 200 OK',
  'HTTP/1.0 204 X',
  'HTTP/1.1 100 C',
  'Content-Length: 5',
  'Content-Length: 0',
  'Transfer-Encoding: chunked',
  'Connection: close',
  'X: y',
  '',
  '5',
  '0',
  'hello',
  '3;x',
  'abc',
  ' fold',
  'bad name: x',
  'HTTP/1.1 999 Y',
];

const anyText = fc.oneof(
  fc.constantFrom(...good.map(([, text]) => text), ...bad.map(([, text]) => text)),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('\r\n')),
);

const mutated = fc
  .tuple(
    anyText,
    fc.array(
      fc.tuple(
        fc.nat(400),
        fc.constantFrom('replace', 'insert', 'remove'),
        fc.constantFrom('\r', '\n', '\0', ' ', ':', '0', '9', 'a', ';', '-', '\xff', '\r\n', '\r\n\r\n'),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((out, [at, how, char]) => {
      const index = at % (out.length + 1);
      return (
        out.slice(0, index) + (how === 'remove' ? '' : char) + out.slice(index + (how === 'insert' ? 0 : 1))
      );
    }, text),
  );

test('gives the same result for any bytes, cut anywhere, on a parser with any past', () => {
  fc.assert(
    fc.property(
      mutated,
      fc.array(fc.nat(400), { maxLength: 20 }),
      fc.boolean(),
      fc.boolean(),
      anyText,
      (text, cuts, bodiless, end, past) => {
        const whole = parse(text, { bodiless, end });
        assert.deepEqual(parse(text, { cuts, bodiless, end }), whole);
        const memo = new HeadMemo();
        const parser = new Http1Parser(limits, memo);
        parse(past, { parser });
        parse(text, { parser: new Http1Parser(limits, memo), bodiless });
        assert.deepEqual(parse(text, { bodiless, end, parser }), whole);
      },
    ),
    { numRuns: 3000 },
  );
});

test('never hangs: whatever came, a failure, a result or a wait for more bytes within the limits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const result = parse(Buffer.from(bytes).toString('latin1'));
      assert.ok(result.used <= bytes.length);
      if (result.state === reply.more)
        assert.ok(result.used === bytes.length && bytes.length <= limits.maxHeaderBytes);
    }),
    { numRuns: 300 },
  );
});
