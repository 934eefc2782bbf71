import { ciSteps, compareCommand, startServer } from './ci-steps.ts';
import type { CiScenario } from './ci-steps.ts';

/** Where GitLab looks for a pipeline. */
export const gitlabFile = '.gitlab-ci.yml';

/**
 * A job that runs the scenarios in every merge request and fails it when a target fails, and on the default branch, with
 * which GitLab compares the load performance. Every scenario is run although one before it has failed.
 */
export function gitlabPipeline(
  scenarios: readonly CiScenario[],
  install: string,
  { compare = false }: { readonly compare?: boolean } = {},
): string {
  const steps = ciSteps(scenarios, ['junit', 'gitlab', 'code-quality']);
  const load = steps.find(({ firstLoad }) => firstLoad);
  return `# Written by \`perfkit init ci --gitlab\`; yours to change.
# A target that fails, an invalid run or one without data fails the job.
perfkit:
  image: node:24
  stage: test
  timeout: 30 minutes
  interruptible: true
${compare ? '  variables:\n    GIT_DEPTH: 0   # two versions are compared, so both are needed\n' : ''}  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - ${install}
    - code=0
${steps.map(({ command, firstLoad }) => `${firstLoad ? startServer('    ') : ''}    - ${command} || code=$?\n`).join('')}${compare ? compareLine(scenarios) : ''}    - exit $code
  artifacts:
    when: always
    expire_in: 2 weeks
    paths:
      - reports/
    reports:
      junit: reports/*/junit.xml
      codequality: reports/*/code-quality.json
${load === undefined ? '' : `      load_performance: reports/${load.name}/load-performance.json   # GitLab takes one; paid tiers show it\n`}`;
}

/** Only a merge request has a base to compare with. */
function compareLine(scenarios: readonly CiScenario[]): string {
  const command = compareCommand(scenarios, '"$CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD"');
  return `    - test -z "$CI_MERGE_REQUEST_DIFF_BASE_SHA" || ${command} || code=$?\n`;
}
