import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { optionName } from '../../../src/server/config/option-name.ts';
import { printConfig } from '../../../src/server/config/print-config.ts';
import { quantities, quantityNames } from '../../../src/server/config/quantities.ts';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import { presets, profiles } from '../../../src/server/config/setting.ts';
import { printQuantity } from '../../../src/server/config/setting-values.ts';
import { switches, switchNames } from '../../../src/server/config/switches.ts';
import { shownConfig } from '../../../src/server/config/shown-config.ts';
import { textNames, texts } from '../../../src/server/config/texts.ts';
import type { Quantity } from '../../../src/server/config/setting.ts';

describe('profiles', () => {
  test('C13: the default one has the documented values', () => {
    const { config } = resolveConfig();
    assert.deepEqual(
      [config.maxBatchSize, config.maxBatchWaitMs, config.maxConnections, config.maxIdleMs],
      [10, 100, 100, 300_000],
    );
    assert.deepEqual(
      [config.connectionTimeoutMs, config.retryAttempts, config.retryDelayMs],
      [30_000, 3, 1_000],
    );
    assert.deepEqual(
      [config.maxCacheSize, config.stateTtlMs, config.moduleTtlMs, config.messageTtlMs, config.defaultTtlMs],
      [1_000, 5_000, 60_000, 300_000, 300_000],
    );
    assert.deepEqual(
      [config.cacheCleanupMs, config.connectionCleanupMs, config.batchCleanupMs, config.metricsLogMs],
      [60_000, 300_000, 30_000, 300_000],
    );
  });

  test('C13: development, production and highLoad differ where the documentation says', () => {
    const development = resolveConfig({ profile: 'development' }).config;
    assert.deepEqual(
      [
        development.maxBatchSize,
        development.maxBatchWaitMs,
        development.maxCacheSize,
        development.defaultTtlMs,
      ],
      [5, 50, 100, 60_000],
    );
    const production = resolveConfig({ profile: 'production' }).config;
    assert.deepEqual(
      [production.maxBatchSize, production.maxBatchWaitMs, production.maxCacheSize, production.defaultTtlMs],
      [20, 200, 2_000, 600_000],
    );
    const highLoad = resolveConfig({ profile: 'highLoad' }).config;
    assert.deepEqual(
      [highLoad.maxBatchSize, highLoad.maxBatchWaitMs, highLoad.maxConnections, highLoad.maxIdleMs],
      [50, 500, 500, 600_000],
    );
    // Caching is not among what high load changes.
    assert.equal(highLoad.maxCacheSize, 1_000);
  });

  test('a preset changes the profile in its direction', () => {
    const base = resolveConfig({ profile: 'production' }).config;
    const traffic = resolveConfig({ profile: 'production', preset: 'high-traffic' }).config;
    assert.ok(traffic.maxBatchSize > base.maxBatchSize);
    assert.ok(traffic.messageTtlMs > base.messageTtlMs);
    assert.ok(traffic.maxConnections > base.maxConnections);
    const latency = resolveConfig({ profile: 'production', preset: 'low-latency' }).config;
    assert.ok(latency.maxBatchWaitMs < base.maxBatchWaitMs);
    assert.ok(latency.messageTtlMs < base.messageTtlMs);
    const memory = resolveConfig({ profile: 'production', preset: 'memory' }).config;
    assert.ok(memory.maxCacheSize < base.maxCacheSize);
    assert.ok(memory.maxConnections < base.maxConnections);
    assert.ok(memory.cacheCleanupMs < base.cacheCleanupMs);
  });
});

describe('who has the last word', () => {
  test('an option before the environment, the environment before preset and profile', () => {
    const input = { profile: 'production', preset: 'high-traffic', environment: { MAX_BATCH_SIZE: '7' } };
    const { config, sources } = resolveConfig(input);
    assert.equal(config.maxBatchSize, 7);
    assert.equal(sources.get('maxBatchSize'), 'environment');
    assert.equal(sources.get('maxCacheSize'), 'profile production');
    assert.equal(sources.get('defaultTtlMs'), 'preset high-traffic');
    assert.equal(sources.get('records'), 'default');
    const told = resolveConfig({ ...input, options: { maxBatchSize: '9', cache: false } });
    assert.equal(told.config.maxBatchSize, 9);
    assert.equal(told.config.cache, false);
    assert.equal(told.sources.get('cache'), 'option');
  });

  test('C13: every documented environment variable is read', () => {
    const environment = {
      MAX_BATCH_SIZE: '20',
      MAX_BATCH_WAIT_TIME: '200',
      MAX_CONNECTIONS: '101',
      MAX_IDLE_TIME: '300001',
      CONNECTION_TIMEOUT: '30001',
      MAX_CACHE_SIZE: '2000',
      DEFAULT_CACHE_TTL: '300001',
      CONSCIOUSNESS_STATE_TTL: '5001',
      PERFORMANCE_MONITORING: 'false',
      METRICS_INTERVAL: '10001',
      CACHE_HIT_RATE_THRESHOLD: '0.75',
    };
    const { sources } = resolveConfig({ environment });
    const heard = [...sources.values()].filter((source) => source === 'environment');
    assert.equal(heard.length, Object.keys(environment).length);
  });

  test('values may carry their unit, and a variable set to nothing is not set', () => {
    const { config } = resolveConfig({
      environment: {
        MAX_IDLE_TIME: '2m',
        MAX_BODY_BYTES: '64KiB',
        CACHE_HIT_RATE_THRESHOLD: '70%',
        MAX_BATCH_SIZE: ' ',
      },
    });
    assert.deepEqual(
      [config.maxIdleMs, config.maxBodyBytes, config.cacheHitRateThreshold, config.maxBatchSize],
      [120_000, 65_536, 0.7, 10],
    );
  });
});

describe('bad values', () => {
  test('C13: are all told at once, each with its name, what it may be and what it was', () => {
    assert.throws(
      () =>
        resolveConfig({
          profile: 'huge',
          preset: 'fast',
          environment: { MAX_BATCH_SIZE: 'many', MAX_IDLE_TIME: '-1', PERFORMANCE_MONITORING: 'maybe' },
          options: { maxCacheSize: '0', records: '1.5' },
        }),
      {
        name: 'PerfkitError',
        code: 'usage',
        message: [
          '--profile: expected one of default, development, production, highLoad, got "huge"',
          '--preset: expected one of high-traffic, low-latency, memory, got "fast"',
          'environment variable MAX_BATCH_SIZE: expected a whole number, from 1 to 10000, got "many"',
          'environment variable MAX_IDLE_TIME: expected milliseconds, or a duration such as 5s, from 100ms to 1440min, got "-1"',
          '--max-cache-size: expected a whole number, from 1 to 1000000, got "0"',
          '--records: expected a whole number, from 0 to 1000000, got "1.5"',
          'environment variable PERFORMANCE_MONITORING: expected on or off, got "maybe"',
        ].join('\n'),
      },
    );
  });

  test('whatever text a variable holds, it becomes a value within its bounds or an error that names it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...quantityNames), fc.string({ maxLength: 20 }), (name, text) => {
        const { env, min, max } = quantities[name];
        try {
          const value = resolveConfig({ environment: { [env]: text } }).config[name];
          assert.ok(value >= min && value <= max);
        } catch (error) {
          assert.ok(error instanceof Error && error.message.includes(env), String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the address of Redis', () => {
  const withPassword = 'redis://user:hunter2@127.0.0.1:6379/3?password=hunter2';

  test('is taken with a user, a password and a database', () => {
    for (const redis of ['redis://127.0.0.1', 'rediss://cache.example:6380', withPassword]) {
      assert.equal(resolveConfig({ options: { redis } }).config.redis, redis);
    }
    assert.equal(resolveConfig({ environment: { PERFKIT_REDIS: ' ' } }).config.redis, '');
  });

  test('is never shown with its password, not even in the error about a bad one', () => {
    const resolved = resolveConfig({ options: { redis: withPassword } });
    assert.match(
      printConfig(resolved),
      /^ {2}PERFKIT_REDIS +redis:\/\/\*\*\*@127\.0\.0\.1:6379\/3 +\(option\)$/m,
    );
    assert.doesNotMatch(printConfig(resolved) + JSON.stringify(shownConfig(resolved.config)), /hunter2/);
    for (const redis of [
      'http://:hunter2@a',
      'hunter2',
      'redis://:hunter2@a/b',
      'redis://',
      'redis://a#hunter2',
    ]) {
      assert.throws(
        () => resolveConfig({ options: { redis } }),
        (error: Error) => {
          assert.match(
            error.message,
            /^--redis: expected redis:\/\/.*, got something else of \d+ characters$/,
          );
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
    }
  });

  test('a balance that nobody knows is refused with those there are', () => {
    assert.throws(() => resolveConfig({ environment: { PERFKIT_BALANCE: 'random' } }), {
      message:
        'environment variable PERFKIT_BALANCE: expected one of least-loaded, round-robin, got "random"',
    });
  });
});

describe('the table', () => {
  test('has one variable and one option for each setting', () => {
    const envs = [
      ...quantityNames.map((name) => quantities[name].env),
      ...switchNames.map((name) => switches[name].env),
      ...textNames.map((name) => texts[name].env),
    ];
    assert.equal(new Set(envs).size, envs.length);
    const options = [...quantityNames, ...switchNames, ...textNames].map(optionName);
    assert.equal(new Set(options).size, options.length);
    assert.equal(optionName('maxBatchWaitMs'), 'max-batch-wait');
  });

  test('keeps every profile with every preset within the bounds', () => {
    for (const profile of profiles) {
      for (const preset of [undefined, ...presets]) {
        const { config } = resolveConfig({ profile, preset });
        for (const name of quantityNames) {
          const { min, max }: Quantity = quantities[name];
          assert.ok(config[name] >= min && config[name] <= max, `${name} of ${profile}, ${preset}`);
        }
      }
    }
  });

  test('C13: is printed with every variable, its value, and who said so', () => {
    const text = printConfig(
      resolveConfig({
        profile: 'production',
        environment: { MAX_IDLE_TIME: '2m' },
        options: { pool: false },
      }),
    );
    for (const name of quantityNames) assert.ok(text.includes(quantities[name].env), name);
    assert.match(text, /^configuration: profile production$/m);
    assert.match(text, /^ {2}MAX_IDLE_TIME +2\.00min +\(environment\)$/m);
    assert.match(text, /^ {2}MAX_BATCH_SIZE +20 +\(profile production\)$/m);
    assert.match(text, /^ {2}PERFKIT_POOL +off +\(option\)$/m);
    assert.match(text, /^ {2}RECORDS +10000$/m);
    assert.equal(printQuantity(quantities.maxBodyBytes, 1_048_576), '1.00MiB');
  });
});
