import { ciSteps, compareCommand, startServer } from './ci-steps.ts';
import type { CiScenario, CiStep } from './ci-steps.ts';

/** Where GitHub looks for workflows. */
export const githubFile = '.github/workflows/perfkit.yml';

/**
 * A workflow that runs the scenarios on every pull request and fails it when a target fails. It may only read, keeps no
 * credentials in the checkout, and runs the code of forks with no secret (`pull_request`, not `pull_request_target`).
 */
export function githubWorkflow(
  scenarios: readonly CiScenario[],
  install: string,
  { compare = false }: { readonly compare?: boolean } = {},
): string {
  const steps = ciSteps(scenarios, ['junit']);
  return `# Written by \`perfkit init ci --github\`; yours to change.
# A target that fails, an invalid run or one without data fails the job. perfkit sees by itself that it runs here: it adds
# its report to the job's summary, and annotations at the targets' lines in the scenario files.
name: perfkit

on:
  pull_request:
  workflow_dispatch:

permissions:
  contents: read

# a newer push to a pull request ends the run of the older one
concurrency:
  group: perfkit-\${{ github.ref }}
  cancel-in-progress: true

jobs:
  perfkit:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    # env:
    #   API_TOKEN: \${{ secrets.API_TOKEN }}   # what a scenario names as \${secret:API_TOKEN}; forks do not get it
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
${compare ? '          fetch-depth: 0   # two versions are compared, so both are needed\n' : ''}      - uses: actions/setup-node@v6
        with:
          node-version: 24
      - id: install
        run: ${install}
${steps.map(stepText).join('')}${compare ? compareStep(scenarios) : ''}      - uses: actions/upload-artifact@v6
        if: \${{ !cancelled() && steps.install.outcome == 'success' }}
        with:
          name: perfkit
          path: reports/
          if-no-files-found: warn
          retention-days: 14
`;
}

function stepText({ name, command, firstLoad }: CiStep): string {
  return `${firstLoad ? startServer('      ') : ''}      - name: ${name}
        if: \${{ !cancelled() && steps.install.outcome == 'success' }}
        run: ${command}
`;
}

/** The name of the base comes from the pull request: as a variable it is no part of the script. */
function compareStep(scenarios: readonly CiScenario[]): string {
  return `      - name: compare
        if: \${{ !cancelled() && steps.install.outcome == 'success' && github.base_ref != '' }}
        env:
          BASE_REF: \${{ github.base_ref }}
        run: ${compareCommand(scenarios, '"origin/$BASE_REF...HEAD"')}
`;
}
