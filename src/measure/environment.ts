import { createHash } from 'node:crypto';
import os from 'node:os';
import { measureClock } from './clock-cost.ts';
import { readCpuQuota } from './cpu-quota.ts';
import type { Environment } from '../model/result.ts';

/** The machine and runtime that measure; takes a few milliseconds, most of them for the clock. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const cpus = os.cpus();
  // What makes two machines give different numbers; not what changes between two runs (load, free memory, CI job).
  const comparable = {
    node: process.version,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    cpuModel: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    cpuQuota: readCpuQuota(),
  };
  return {
    ...comparable,
    osRelease: os.release(),
    memoryBytes: os.totalmem(),
    ci: detectCi(env),
    loadAverage1m: os.loadavg()[0] ?? 0,
    clockCostNs: measureClock().costNs,
    fingerprint: createHash('sha256').update(JSON.stringify(comparable)).digest('hex').slice(0, 16),
  };
}

/** Variables that the services set in every job, from their documentation. */
const ciVariables: readonly (readonly [variable: string, name: string])[] = [
  ['GITHUB_ACTIONS', 'github-actions'],
  ['GITLAB_CI', 'gitlab'],
  ['CIRCLECI', 'circleci'],
  ['BUILDKITE', 'buildkite'],
  ['JENKINS_URL', 'jenkins'],
  ['TF_BUILD', 'azure-pipelines'],
  ['BITBUCKET_BUILD_NUMBER', 'bitbucket'],
  ['TEAMCITY_VERSION', 'teamcity'],
  ['TRAVIS', 'travis'],
  ['DRONE', 'drone'],
  ['CODEBUILD_BUILD_ID', 'codebuild'],
  ['CI', 'unknown'],
];

/** Name of the CI service, 'unknown' when only `CI` is set, null outside of CI. */
export function detectCi(env: Readonly<Record<string, string | undefined>>): string | null {
  return ciVariables.find(([variable]) => isSet(env[variable]))?.[1] ?? null;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
