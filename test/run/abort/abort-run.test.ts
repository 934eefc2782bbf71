import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../../src/judge/judge.ts';
import { metricCatalogue } from '../../../src/model/metrics.ts';
import { run } from '../../../src/run/run.ts';
import { startScriptedServer } from '../../../src/server/scripted-server.ts';
import { target } from '../../helpers/results.ts';
import { limits, loadPlan, phase } from '../../load/plans.ts';

test(
  'a run whose target with abort fails ends early, keeps its result and fails',
  { timeout: 600_000 },
  async () => {
    const server = await startScriptedServer({
      kind: 'raw',
      bytes: 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n',
    });
    try {
      const targets = [target('errors rate < 5%', { abort: { afterSamples: 20 } })];
      const plan = loadPlan({
        targets,
        metrics: metricCatalogue.load,
        target: { origin: `http://127.0.0.1:${server.port}`, builtin: null, allow: [] },
        phases: [
          phase({ forNs: 600e9, arrivals: { model: 'open', ratePerSecond: 100, spacing: 'uniform' } }),
        ],
        limits: { ...limits, pacing: 'eco', timeoutNs: 600e9, connectTimeoutNs: 600e9 },
      });
      const measured = await run(plan);
      assert.equal(measured.complete, false);
      assert.match(
        measured.aborted ?? '',
        /^aborted after [\d.]+m?s: target failed: errors rate < 5% \(100% on \d+ samples\)$/,
      );
      const verdict = judge({ ...measured, validity: { state: 'valid', reasons: [] } }, targets);
      assert.equal(verdict.outcome, 'fail');
      assert.equal(verdict.reasons[0], measured.aborted);
      assert.ok(server.requests() < 60_000);
    } finally {
      await server.close();
    }
  },
);
