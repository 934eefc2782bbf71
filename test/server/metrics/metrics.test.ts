import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMeanSince } from '../../../src/server/metrics/mean-since.ts';
import { createMetricRegistry } from '../../../src/server/metrics/metric-registry.ts';

test('metrics are written in the text format of Prometheus', () => {
  const registry = createMetricRegistry();
  const requests = registry.counter('requests_total', 'replies');
  const times = registry.histogram('seconds', 'how long', [0.1, 1]);
  registry.observed('rss_bytes', 'memory', 'gauge', () => 7);
  registry.observed('by_kind', 'several', 'gauge', () => [
    { labels: { kind: 'a' }, value: 1 },
    { labels: { kind: 'b' }, value: 2 },
  ]);
  requests.add({ route: '/a', status: '200' });
  requests.add({ route: '/a', status: '200' }, 2);
  requests.add({ route: 'quote " back \\ line \n', status: '500' });
  for (const seconds of [0.05, 0.1, 0.5, 5]) times.observe({ route: '/a' }, seconds);
  assert.equal(
    registry.text(),
    [
      '# HELP requests_total replies',
      '# TYPE requests_total counter',
      'requests_total{route="/a",status="200"} 3',
      'requests_total{route="quote \\" back \\\\ line \\n",status="500"} 1',
      '# HELP seconds how long',
      '# TYPE seconds histogram',
      'seconds_bucket{route="/a",le="0.1"} 2',
      'seconds_bucket{route="/a",le="1"} 3',
      'seconds_bucket{route="/a",le="+Inf"} 4',
      'seconds_sum{route="/a"} 5.65',
      'seconds_count{route="/a"} 4',
      '# HELP rss_bytes memory',
      '# TYPE rss_bytes gauge',
      'rss_bytes 7',
      '# HELP by_kind several',
      '# TYPE by_kind gauge',
      'by_kind{kind="a"} 1',
      'by_kind{kind="b"} 2',
      '',
    ].join('\n'),
  );
  assert.throws(() => registry.counter('rss_bytes', ''), /Expected a new metric, got `rss_bytes` again/);
});

test('a mean since it was last asked for forgets what came before', () => {
  const mean = createMeanSince();
  assert.equal(mean.take(), null);
  mean.add(2);
  mean.add(4);
  assert.equal(mean.take(), 3);
  assert.equal(mean.take(), null);
});
