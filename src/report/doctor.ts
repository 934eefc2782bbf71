import { formatBytes, formatCount, formatDurationNs } from '../model/units.ts';
import { plain } from './text.ts';
import type { Environment } from '../model/result.ts';

interface Floor {
  readonly p50Ns: number;
  readonly p99Ns: number;
}

/** The findings of `perfkit doctor` (run/doctor.ts), as far as they are shown. */
interface Findings {
  readonly environment: Environment;
  readonly clock: { readonly costNs: number; readonly resolutionNs: number };
  readonly scheduling: { readonly spinning: Floor; readonly timers: Floor };
  readonly limits: {
    readonly fileDescriptors: number | null;
    readonly ports: { readonly first: number; readonly last: number } | null;
  };
  readonly checks: readonly { readonly name: string; readonly pass: boolean; readonly detail: string }[];
}

/** For people: the machine, what it can keep up with, and each check. */
export function formatDoctor({ environment, clock, scheduling, limits, checks }: Findings): string {
  const { node, platform, arch, osRelease, cores, cpuModel, cpuQuota, memoryBytes, loadAverage1m } =
    environment;
  const quota = cpuQuota === null ? '' : `, quota ${cpuQuota} cores`;
  const facts = [
    ['Node', `${plain(node)} on ${platform} ${arch} ${plain(osRelease)}`],
    ['cores', `${cores} of ${plain(cpuModel)}${quota}, load average ${loadAverage1m.toFixed(2)}`],
    ['memory', formatBytes(memoryBytes)],
    [
      'clock',
      `${formatDurationNs(clock.costNs)} a reading, steps of ${formatDurationNs(clock.resolutionNs)}`,
    ],
    ['start, spinning', floorText(scheduling.spinning)],
    ['start, by timers', floorText(scheduling.timers)],
    ['open files', limits.fileDescriptors === null ? 'unknown' : formatCount(limits.fileDescriptors)],
    [
      'local ports',
      limits.ports === null
        ? 'unknown'
        : `${limits.ports.last - limits.ports.first + 1} (${limits.ports.first}-${limits.ports.last})`,
    ],
  ] as const;
  const failed = checks.filter((check) => !check.pass).length;
  return [
    ...facts.map(([name, text]) => `${name.padEnd(17)} ${text}`),
    '',
    ...checks.map((check) => `${check.pass ? '✓' : '✗'} ${check.name}: ${check.detail}`),
    '',
    failed === 0
      ? `All ${checks.length} checks hold.`
      : `${failed} of ${checks.length} checks FAIL: numbers measured here cannot be trusted now.`,
    '',
  ].join('\n');
}

function floorText({ p50Ns, p99Ns }: Floor): string {
  return `late by ${formatDurationNs(p50Ns)} (p50), ${formatDurationNs(p99Ns)} (p99)`;
}
