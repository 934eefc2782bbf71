import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EventStreamParser } from '../../../../src/load/lanes/events/event-stream-parser.ts';

function count(text: string, cuts: readonly number[] = []): number {
  const bytes = Buffer.from(text);
  const parser = new EventStreamParser(10_000);
  let start = 0;
  for (const end of [
    ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ]) {
    parser.push(bytes, start, end);
    start = end;
  }
  return parser.events;
}

describe('server-sent events', () => {
  test('an event ends with an empty line, whatever the line ends are', () => {
    assert.equal(count('data: a\n\ndata: b\r\n\r\ndata: c\r\r'), 3);
  });

  test('several lines of data are one event', () => {
    assert.equal(count('data: a\ndata: b\ndata\n\n'), 1);
  });

  test('what has no data is no event: comments, names, unknown fields, empty lines', () => {
    assert.equal(count(': keep-alive\n\nevent: tick\nid: 7\n\nretry: 10\n\ndatum: 1\n\n\n\ndat\n\n'), 0);
  });

  test('an event that is not complete is none', () => {
    assert.equal(count('data: a\n\ndata: b\n'), 1);
  });

  test('a byte order mark is skipped at the start and nowhere else', () => {
    assert.equal(count('\ufeffdata: a\n\n\ufeffdata: b\n\n'), 1);
  });

  test('an event that is too long ends the reading, with the reason', () => {
    const parser = new EventStreamParser(20);
    parser.push(Buffer.from(`data: ${'x'.repeat(30)}\n\n`), 0, 38);
    assert.equal(parser.events, 0);
    assert.match(parser.reason, /longer than the limit of 20 bytes/);
  });

  test('cuts do not matter', () => {
    const line = fc.constantFrom('data: x', 'data', 'data:', ': c', 'event: e', '\ufeffdata: y', 'dat', '');
    const lines = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')), { maxLength: 20 });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(400), { maxLength: 10 }), (parts, cuts) => {
        const text = parts.map(([words, end]) => words + end).join('');
        assert.equal(count(text, cuts), count(text));
      }),
      { numRuns: 300 },
    );
  });

  test('it agrees with the rules written out line by line', () => {
    const line = fc.constantFrom('data: x', 'data', ': c', 'event: e', 'dat', 'dataset: 1', '', '');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        let events = 0;
        let hasData = false;
        for (const one of lines) {
          if (one === '') {
            if (hasData) events++;
            hasData = false;
          } else if (/^data(:|$)/.test(one)) hasData = true;
        }
        assert.equal(count(lines.map((one) => `${one}\n`).join('')), events);
      }),
      { numRuns: 300 },
    );
  });
});
