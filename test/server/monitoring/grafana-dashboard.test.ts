import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseExposition } from '../../../src/run/server/parse-exposition.ts';
import type { Exposition } from '../../../src/run/server/parse-exposition.ts';
import { grafanaDashboard } from '../../../src/server/monitoring/grafana-dashboard.ts';
import { grafanaRows } from '../../../src/server/monitoring/grafana-panels.ts';
import { startTestServer } from '../start-test-server.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const exprs = grafanaRows.flatMap(({ panels }) =>
  panels.flatMap(({ queries }) => queries.map(([expr]) => expr)),
);

const keywords = new Set(['by', 'without', 'and', 'or', 'unless', 'on', 'ignoring', 'bool', 'offset']);

interface Names {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

/** Names of metrics in a PromQL expression are those that are neither called, nor keywords, nor labels. */
function namesIn(expr: string): Names {
  const labels: string[] = [];
  const bare = expr
    .replaceAll(/\b(?:by|without)\s*\(([^)]*)\)/g, (_all, list: string) => {
      labels.push(...list.split(',').map((label) => label.trim()));
      return ' ';
    })
    .replaceAll(/\{([^}]*)\}/g, (_all, matchers: string) => {
      labels.push(...[...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label));
      return ' ';
    })
    .replaceAll(/\[[^\]]*\]/g, ' ');
  const metrics = [...bare.matchAll(/([a-zA-Z_:][\w:]*)\s*(\()?/g)].flatMap(([, name = '', call]) =>
    call === undefined && !keywords.has(name) ? [name] : [],
  );
  return { metrics, labels: labels.filter((label) => label !== '') };
}

/** Every name that a query may use: also of families that have no sample yet, such as errors. */
function known({ types, samples }: Exposition): ReadonlySet<string> {
  const histograms = [...types].filter(([, type]) => type === 'histogram').map(([name]) => name);
  return new Set([
    ...[...types].flatMap(([name, type]) => (type === 'histogram' ? [] : [name])),
    ...histograms.flatMap((name) => ['_bucket', '_sum', '_count'].map((end) => name + end)),
    ...samples.map(({ name }) => name),
  ]);
}

test('the names in an expression are found', () => {
  assert.deepEqual(namesIn('histogram_quantile(0.95, sum by (le) (rate(a_bucket{x=~"5.."}[5m]))) / b + c'), {
    metrics: ['a_bucket', 'b', 'c'],
    labels: ['le', 'x'],
  });
});

test('S19: every query of the dashboard is of metrics and labels that the server has', async (context) => {
  const server = await startTestServer(context);
  await server.get('/nowhere');
  const page = parseExposition((await server.get('/metrics')).text);
  const metrics = known(page);
  const labels = new Set(page.samples.flatMap((sample) => Object.keys(sample.labels)));
  assert.ok(exprs.length > 40);
  for (const expr of exprs) {
    const names = namesIn(expr);
    assert.ok(names.metrics.length > 0, expr);
    for (const name of names.metrics) assert.ok(metrics.has(name), `${name} in ${expr}`);
    for (const label of names.labels) assert.ok(labels.has(label), `label ${label} in ${expr}`);
  }
});

test('S19: the documented metrics are all on the dashboard', () => {
  const shown = new Set(exprs.flatMap((expr) => namesIn(expr).metrics));
  for (const name of [
    'cms_inference_seconds_bucket',
    'cms_cache_hits_total',
    'cms_memory_bytes',
    'mp_spatial_query_seconds_bucket',
    'mp_navigation_fps',
    'mp_memories_stored_total',
    'ta_analysis_seconds_bucket',
    'ta_confidence_score_sum',
    'ta_gaps_processed_total',
  ])
    assert.ok(shown.has(name), name);
});

test('S19: the dashboard is JSON as Grafana imports it: ids are unique, panels do not overlap, each has queries', () => {
  const model = JSON.parse(JSON.stringify(grafanaDashboard()));
  assert.deepEqual(
    [model.title, model.schemaVersion, model.templating.list[0].name],
    ['perfkit serve', 39, 'datasource'],
  );
  const ids = model.panels.map(({ id }: { id: number }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const taken = new Set<string>();
  for (const { gridPos, type, targets, title } of model.panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(!taken.has(`${x},${y}`), `${title} overlaps another panel`);
        taken.add(`${x},${y}`);
      }
    }
    if (type === 'row') continue;
    assert.ok(targets.length > 0, title);
    const refIds = targets.map(({ refId }: { refId: string }) => refId);
    assert.equal(new Set(refIds).size, refIds.length);
  }
});

test('S19: a real Prometheus takes every query for PromQL', (context) => {
  const promtool = process.env['PROMTOOL'] ?? 'promtool';
  if (spawnSync(promtool, ['--version']).error !== undefined) {
    context.skip('promtool is not installed: it is in the Debian package `prometheus`; or set PROMTOOL');
    return;
  }
  const rules = exprs.map((expr, index) => ({
    record: `query_${index}`,
    // Grafana puts its interval in.
    expr: expr.replaceAll('$__rate_interval', '1m'),
  }));
  const file = join(temporaryFolder(context), 'rules.yaml');
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'rules', file], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});
