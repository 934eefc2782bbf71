import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatOptions } from '../../../src/server/config/chat-options.ts';
import { quantities, quantityNames } from '../../../src/server/config/quantities.ts';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import { switchNames } from '../../../src/server/config/switches.ts';

test('every switch and setting is an option, and takes its default', () => {
  for (const name of switchNames) {
    assert.ok(chatOptions.names.includes(name));
    assert.equal(chatOptions.expected(name, false), null);
  }
  for (const name of quantityNames) {
    assert.ok(chatOptions.names.includes(name));
    assert.equal(chatOptions.expected(name, quantities[name].default), null, name);
  }
});

test('what is accepted is what the configuration takes', () => {
  const { config } = resolveConfig({ environment: {}, options: { cache: false, maxBatchWaitMs: '200ms' } });
  assert.deepEqual([config.cache, config.maxBatchWaitMs], [false, 200]);
  assert.equal(chatOptions.expected('maxBatchWaitMs', '200ms'), null);
});

test('what is not says what was expected', () => {
  assert.equal(chatOptions.expected('cache', 7), 'true or false');
  assert.match(chatOptions.expected('maxBatchSize', -1) ?? '', /a whole number/);
  assert.match(chatOptions.expected('maxBatchSize', true) ?? '', /a number/);
  assert.match(chatOptions.expected('preset', 'none') ?? '', /one of .*low-latency/);
  assert.equal(chatOptions.expected('preset', 'low-latency'), null);
});
