import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LogEvent } from '../../../src/server/monitoring/log-event.ts';
import { printLogEventAsJson, printLogEventAsText } from '../../../src/server/monitoring/print-log-event.ts';

const levels = ['info', 'warn', 'error'] as const;
const hostile = fc.string({ unit: 'binary', maxLength: 40 });
const anyEvent: fc.Arbitrary<LogEvent> = fc.record({
  level: fc.constantFrom(...levels),
  event: fc.constant('something'),
  message: fc.oneof(
    hostile,
    fc.constantFrom('\n{"level":"info"}', '\u001b[2Jx', '\u2028', '\u202eabc', '\ud800'),
  ),
  fields: fc.dictionary(
    fc.oneof(hostile, fc.constantFrom('ts', 'level', '__proto__')),
    fc.oneof(hostile, fc.double(), fc.boolean(), fc.constant(null)),
  ),
});

/** Line ends, control and format characters, lone surrogates. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/u;

describe('as JSON', () => {
  test('an event is one line with its time, level, name, message and fields', () => {
    const event: LogEvent = {
      level: 'warn',
      event: 'alert_raised',
      message: 'memory of the process 600MiB, threshold 500MiB',
      fields: { rule: 'memory', value: 629_145_600 },
    };
    assert.deepEqual(JSON.parse(printLogEventAsJson(event, 1_760_000_000_000)), {
      ts: '2025-10-09T08:53:20.000Z',
      level: 'warn',
      event: 'alert_raised',
      message: 'memory of the process 600MiB, threshold 500MiB',
      rule: 'memory',
      value: 629_145_600,
    });
  });

  test('whatever is in an event, it stays one line of safe characters, and nothing takes the place of its head', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const line = printLogEventAsJson(event, 0);
        assert.doesNotMatch(line, unsafe);
        const { ts, level, event: name, message } = JSON.parse(line);
        assert.deepEqual(
          [ts, level, name, message],
          ['1970-01-01T00:00:00.000Z', event.level, event.event, event.message],
        );
      }),
      { numRuns: 300 },
    );
  });

  test('an event has a largest size', () => {
    const long = 'x'.repeat(1_000_000);
    const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`${at}${long}`, long]));
    const line = printLogEventAsJson({ level: 'info', event: 'e', message: long, fields }, 0);
    assert.ok(line.length < 40_000);
    assert.match(JSON.parse(line).message, /x\.\.\. \(1000000 characters\)$/);
  });
});

describe('as text', () => {
  test('a message begins with its level, unless it only informs', () => {
    const texts = levels.map((level) =>
      printLogEventAsText({ level, event: 'e', message: 'the disk is full' }),
    );
    assert.deepEqual(texts, ['the disk is full', 'warning: the disk is full', 'error: the disk is full']);
  });

  test('a line that follows is indented, so that none can be forged, and control characters are written out', () => {
    const message = 'bad path\nwarning: all is lost\r\u001b[31m\u202e';
    assert.equal(
      printLogEventAsText({ level: 'info', event: 'e', message }),
      'bad path\n  warning: all is lost\n  \\u001b[31m\\u202e',
    );
    fc.assert(
      fc.property(anyEvent, (event) => {
        const [first = '', ...others] = printLogEventAsText(event).split('\n');
        for (const line of others) assert.match(line, /^ {2}/);
        assert.doesNotMatch([first, ...others].join(''), unsafe);
      }),
      { numRuns: 300 },
    );
  });
});
