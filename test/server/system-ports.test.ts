import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemPorts } from '../../src/server/system-ports.ts';
import type { LogEvent } from '../../src/server/monitoring/log-event.ts';

const event: LogEvent = { level: 'warn', event: 'e', message: 'm', fields: { a: 1 } };

test('events and plain lines are both written for people, or both as JSON', () => {
  const lines: string[] = [];
  const text = systemPorts((line) => void lines.push(line));
  text.record(event);
  text.log('a line');
  assert.deepEqual(lines, ['warning: m', 'a line']);
  lines.length = 0;
  const json = systemPorts((line) => void lines.push(line), 'json');
  json.record(event);
  json.log('a line');
  assert.deepEqual(
    lines.map((line) => {
      const { ts, ...others } = JSON.parse(line);
      assert.ok(!Number.isNaN(Date.parse(ts)));
      return others;
    }),
    [
      { level: 'warn', event: 'e', message: 'm', a: 1 },
      { level: 'info', event: 'note', message: 'a line' },
    ],
  );
});
