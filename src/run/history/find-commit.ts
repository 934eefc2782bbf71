import { execFile } from 'node:child_process';
import type { MeasuredCommit } from '../../judge/history/history-entry.ts';

/** Variables in which CI services name the commit, from their documentation. */
const commitVariables = [
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'CIRCLE_SHA1',
  'BUILDKITE_COMMIT',
  'GIT_COMMIT',
  'BUILD_SOURCEVERSION',
  'BITBUCKET_COMMIT',
  'BUILD_VCS_NUMBER',
  'TRAVIS_COMMIT',
  'DRONE_COMMIT_SHA',
  'CODEBUILD_RESOLVED_SOURCE_VERSION',
] as const;

export interface CommitPlace {
  readonly folder: string;
  /** The history, which changes with every run. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The commit that is checked out, and whether tracked files differ from it (those below `reports` and the history
 * itself aside); without git what the CI service says. Null when neither knows.
 */
export async function findCommit({ folder, file, env }: CommitPlace): Promise<MeasuredCommit> {
  const head = await git(folder, ['rev-parse', '--verify', 'HEAD']);
  const commit = head.code === 0 ? head.stdout.trim() : '';
  if (isHash(commit)) {
    const except = [':(exclude,top)reports', `:(exclude,literal)${file}`];
    const changes = await git(folder, ['diff', '--quiet', '--no-ext-diff', 'HEAD', '--', ':/', ...except]);
    return { commit, dirty: changes.code === 1 };
  }
  const told = commitVariables.map((name) => env[name] ?? '').find(isHash);
  return { commit: told ?? null, dirty: false };
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(text);
}

/** Code null: git is missing, or took too long. */
function git(
  folder: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile('git', args, { cwd: folder, timeout: 10_000 }, (_error, stdout) => {
      resolve({ code: child.exitCode, stdout });
    });
  });
}
