import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { ciSteps, plainPath } from '../../../src/cli/ci/ci-steps.ts';
import { githubWorkflow } from '../../../src/cli/ci/github-workflow.ts';
import { gitlabPipeline } from '../../../src/cli/ci/gitlab-pipeline.ts';
import type { CiScenario } from '../../../src/cli/ci/ci-steps.ts';

const scenarios: readonly CiScenario[] = [
  { path: 'bench/parse.perfkit.yaml', kind: 'bench' },
  { path: 'bench/render.perfkit.ts', kind: 'bench' },
  { path: 'load/api.perfkit.yaml', kind: 'load' },
  { path: 'load/live.perfkit.yaml', kind: 'load' },
];

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

describe('the workflow for GitHub', () => {
  const workflow = parse(githubWorkflow(scenarios, 'npm ci'));

  test('runs on pull requests, may only read, and keeps no credentials', () => {
    assert.deepEqual(Object.keys(workflow.on), ['pull_request', 'workflow_dispatch']);
    assert.deepEqual(workflow.permissions, { contents: 'read' });
    assert.deepEqual(workflow.jobs.perfkit.steps[0].with, { 'persist-credentials': false });
    assert.equal(workflow.jobs.perfkit['timeout-minutes'], 30);
  });

  test('pins every action to a major version', () => {
    const used = workflow.jobs.perfkit.steps.flatMap((step: Step) => step.uses ?? []);
    assert.equal(used.length, 3);
    for (const action of used) assert.match(action, /^actions\/[a-z-]+@v\d+$/);
  });

  test('runs the benches as one suite and each load, also when one before has failed, and keeps what they wrote', () => {
    const [, , install, bench, first, second, upload] = workflow.jobs.perfkit.steps;
    assert.deepEqual(install, { id: 'install', run: 'npm ci' });
    assert.equal(
      bench.run,
      'npx --no-install perfkit bench bench/parse.perfkit.yaml bench/render.perfkit.ts --out reports/bench --reporter junit',
    );
    assert.equal(
      first.run,
      'npx --no-install perfkit load load/api.perfkit.yaml --out reports/load-api --reporter junit',
    );
    assert.equal(second.name, 'load-live');
    for (const step of [bench, first, second, upload])
      assert.equal(step.if, "${{ !cancelled() && steps.install.outcome == 'success' }}");
    assert.equal(upload.with.path, 'reports/');
    for (const step of [bench, first, second]) assert.equal(step['continue-on-error'], undefined);
  });
});

describe('the pipeline for GitLab', () => {
  const job = parse(gitlabPipeline(scenarios, 'npm ci')).perfkit;

  test('runs in merge requests and on the default branch, every scenario, and fails when one has failed', () => {
    assert.deepEqual(
      job.rules.map((rule: { if: string }) => rule.if),
      ['$CI_PIPELINE_SOURCE == "merge_request_event"', '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'],
    );
    assert.equal(job.script.length, 6);
    assert.deepEqual([job.script[1], job.script.at(-1)], ['code=0', 'exit $code']);
    for (const line of job.script.slice(2, -1))
      assert.match(line, /^npx --no-install perfkit .* \|\| code=\$\?$/);
  });

  test('hands over the reports that GitLab reads, also when the job has failed', () => {
    assert.equal(job.artifacts.when, 'always');
    assert.deepEqual(job.artifacts.reports, {
      junit: 'reports/*/junit.xml',
      codequality: 'reports/*/code-quality.json',
      load_performance: 'reports/load-api/load-performance.json',
    });
  });

  test('has no load performance without a load', () => {
    const benchOnly = parse(gitlabPipeline(scenarios.slice(0, 2), 'npm ci'));
    assert.deepEqual(Object.keys(benchOnly.perfkit.artifacts.reports), ['junit', 'codequality']);
  });
});

test('a path is put into a script only when it means nothing to a shell, YAML or a workflow expression', () => {
  for (const path of [
    'a b.perfkit.yaml',
    '-x.perfkit.yaml',
    '$(id).perfkit.yaml',
    '${{ x }}.perfkit.yaml',
    "a'.perfkit.ts",
  ])
    assert.doesNotMatch(path, plainPath);
  for (const path of ['a.perfkit.yaml', 'load/v1.2/api_x-y.perfkit.ts']) assert.match(path, plainPath);
});

test('the steps of any plain paths have names of their own, and both files hold them as they are', () => {
  const path = fc
    .stringMatching(/^\w[\w./+-]{0,30}$/)
    .filter((text) => plainPath.test(text))
    .map((text) => `${text}.perfkit.yaml`);
  fc.assert(
    fc.property(
      fc.array(fc.record({ path, kind: fc.constantFrom('bench' as const, 'load' as const) }), {
        minLength: 1,
        maxLength: 6,
      }),
      (those) => {
        const steps = ciSteps(those, ['junit']);
        assert.equal(new Set(steps.map(({ name }) => name.toLowerCase())).size, steps.length);
        const workflow = parse(githubWorkflow(those, 'npm ci'));
        assert.deepEqual(
          workflow.jobs.perfkit.steps
            .filter((step: Step) => step.run !== undefined)
            .slice(1)
            .map((step: Step) => step.run),
          steps.map(({ command }) => command),
        );
        const { script } = parse(gitlabPipeline(those, 'npm ci')).perfkit;
        assert.equal(script.length, steps.length + 3);
        assert.ok(script.every((line: unknown) => typeof line === 'string'));
      },
    ),
    { numRuns: 200 },
  );
});

describe('a pipeline that compares', () => {
  test("fetches all commits and gives the base's name to the script as a variable", () => {
    const { steps } = parse(githubWorkflow(scenarios, 'npm ci', { compare: true })).jobs.perfkit;
    assert.equal(steps[0].with['fetch-depth'], 0);
    const step = steps.find(({ name }: { name?: string }) => name === 'compare');
    assert.deepEqual(step.env, { BASE_REF: '${{ github.base_ref }}' });
    assert.match(step.if, /github\.base_ref != ''/);
    assert.equal(
      step.run,
      'npx --no-install perfkit bench bench/parse.perfkit.yaml bench/render.perfkit.ts --refs "origin/$BASE_REF...HEAD" --out reports/compare',
    );
    assert.doesNotMatch(githubWorkflow(scenarios, 'npm ci'), /--refs|fetch-depth/);
  });

  test('of GitLab does so in merge requests only', () => {
    const { script, variables } = parse(gitlabPipeline(scenarios, 'npm ci', { compare: true })).perfkit;
    assert.equal(variables.GIT_DEPTH, 0);
    assert.match(script.at(-2), /^test -z "\$CI_MERGE_REQUEST_DIFF_BASE_SHA" \|\| npx .* \|\| code=\$\?$/);
    assert.equal(script.at(-1), 'exit $code');
  });
});
