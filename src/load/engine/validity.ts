import { formatDurationNs, formatRatio } from '../../model/units.ts';
import type { Validity } from '../../model/result.ts';
import type { Evidence, PhaseEvidence } from './evidence.ts';

/**
 * A percentile of the response times is in large part the generator's own when its lateness makes up so much of the
 * same percentile. Below the bounds that does not matter: fast servers on a shared machine would never be trusted.
 */
const tolerableLagShare = 0.5;
const tolerableLagP50Ns = 50e3;
const tolerableLagP99Ns = 1e6;
/** Late by so much, and by more than the server takes, the generator could not follow the schedule. */
const hopelessLagNs = 100e6;
/** One arrival in a hundred not started by the end of its phase is noticed, one in twenty is another load than planned. */
const suspectStartedShare = 0.99;
const invalidStartedShare = 0.95;
/** A thread this busy has no time left: what it measures is also its own speed. */
const saturatedCpu = 0.95;
/** Up to here dropped arrivals (they count as censored) change no percentile that people read. */
const tolerableDropShare = 0.001;
/** A pause of the whole process or machine; timers are never that late by themselves. */
const clockGapNs = 1e9;

interface Finding {
  readonly state: 'suspect' | 'invalid';
  readonly reason: string;
  /** Whether the generator itself fell short, not the server or the machine's clock. */
  readonly generator: boolean;
}

/** How the load was generated. */
export interface GeneratorThreads {
  readonly workers: number;
  /** That this process may use. */
  readonly cores: number;
}

/** What to do against a generator that falls short. */
interface Advice {
  readonly tooSlow: string;
  readonly late: string;
  readonly saturated: string;
}

/** More threads help as long as there are cores for them. */
function adviceFor({ workers, cores }: GeneratorThreads): Advice {
  if (workers < cores) {
    return {
      tooSlow: 'lower the rate, give it a core of its own or share the load: --workers',
      late: 'give it a core of its own, or share the load: --workers',
      saturated: 'share the load with --workers',
    };
  }
  const all = cores === 1 ? 'the only core generates' : `all ${cores} cores generate`;
  const limit = `${all} load already, so this machine is the limit`;
  return {
    tooSlow: `${limit}: lower the rate, or load from a larger machine or one of its own`,
    late: `${limit}: load from a larger machine or one of its own`,
    saturated: `${limit}: load from a larger machine or one of its own`,
  };
}

/**
 * How far the generator's own evidence supports the numbers. `invalid` only where they are wrong whatever the server
 * did: the machine was suspended, out of descriptors or ports, or the generator could not follow its schedule.
 */
export function judgeValidity(evidence: Evidence, threads: GeneratorThreads): Validity {
  const advice = adviceFor(threads);
  const findings = [
    ...evidence.phases
      .filter((phase) => phase.measured)
      .flatMap((phase) => judgePhase(phase, evidence.pacing, advice)),
    ...judgeResources(evidence.errors),
    ...judgeClocks(evidence),
  ];
  const broken = findings.some(({ state }) => state === 'invalid');
  return {
    state: broken ? 'invalid' : findings.length > 0 ? 'suspect' : 'valid',
    reasons: findings.map(({ reason }) => reason),
    ...(findings.some(({ generator }) => generator) && { limit: 'generator' as const }),
  };
}

function judgePhase(phase: PhaseEvidence, pacing: Evidence['pacing'], advice: Advice): Finding[] {
  const own = phase.model === 'open' ? judgeOpen(phase, pacing, advice) : judgeClosed(phase, advice);
  return [...own, ...judgeLoop(phase)].map((finding) => ({
    ...finding,
    reason: `phase ${phase.name}: ${finding.reason}`,
  }));
}

function judgeOpen(phase: PhaseEvidence, pacing: Evidence['pacing'], advice: Advice): Finding[] {
  const { intended, started, lagP50Ns, lagP99Ns, responseP50Ns, responseP99Ns, totals, cpu } = phase;
  const findings: Finding[] = [];
  const late = `the generator itself was late (p50 ${formatDurationNs(lagP50Ns)}, p99 ${formatDurationNs(lagP99Ns)})`;
  // 0: nothing succeeded, so there is no typical request to compare with
  const isLate = (lagNs: number, tolerableNs: number, responseNs: number): boolean =>
    lagNs > tolerableNs && responseNs > 0 && lagNs > responseNs * tolerableLagShare;
  if (lagP99Ns > hopelessLagNs && (lagP99Ns > responseP50Ns || responseP50Ns === 0)) {
    findings.push(invalid(`${late}: it could not follow the schedule; ${advice.tooSlow}`));
  } else if (
    isLate(lagP50Ns, tolerableLagP50Ns, responseP50Ns) ||
    isLate(lagP99Ns, tolerableLagP99Ns, responseP99Ns)
  ) {
    const what = pacing === 'eco' ? 'timers are that coarse; use pacing: precise' : advice.late;
    findings.push(
      suspect(
        `${late}, much of the response time (p50 ${formatDurationNs(responseP50Ns)}, p99 ${formatDurationNs(responseP99Ns)}); ${what}`,
      ),
    );
  }
  const share = intended > 0 ? started / intended : 1;
  if (share < suspectStartedShare) {
    const reason = `only ${formatRatio(share)} of the planned arrivals were started in time`;
    findings.push(share < invalidStartedShare ? invalid(reason) : suspect(reason));
  }
  const dropShare = totals.arrivals > 0 ? totals.dropped / totals.arrivals : 0;
  if (dropShare > tolerableDropShare) {
    findings.push({
      ...suspect(
        `${formatRatio(dropShare)} of the arrivals were dropped because the waiting queue was full; the server got less than the planned load`,
      ),
      generator: false,
    });
  }
  // precise pacing spins, so that its CPU time says nothing
  if (pacing === 'eco' && cpu > saturatedCpu) findings.push(suspect(saturated(cpu, advice)));
  return findings;
}

function judgeClosed({ cpu, awake }: PhaseEvidence, advice: Advice): Finding[] {
  return cpu > saturatedCpu && !awake ? [suspect(saturated(cpu, advice))] : [];
}

function judgeLoop({ seconds, blockedSeconds, maxLoopDelayNs }: PhaseEvidence): Finding[] {
  if (blockedSeconds === 0) return [];
  const reason = `the generator's event loop was blocked for up to ${formatDurationNs(maxLoopDelayNs)}, in ${blockedSeconds} of ${seconds} seconds`;
  return [blockedSeconds * 2 > seconds && seconds > 1 ? invalid(reason) : suspect(reason)];
}

function judgeResources(errors: Evidence['errors']): Finding[] {
  const findings: Finding[] = [];
  const descriptors = errors['file_descriptors'] ?? 0;
  const ports = errors['address_unavailable'] ?? 0;
  if (descriptors > 0) {
    findings.push(
      invalid(
        `the generator ran out of file descriptors (${descriptors} times); raise "ulimit -n" or use fewer connections`,
      ),
    );
  }
  if (ports > 0) {
    findings.push(
      invalid(
        `the generator ran out of local ports (${ports} times); keep connections alive or lower the rate`,
      ),
    );
  }
  return findings;
}

function judgeClocks({ maxTickLateNs, maxClockStepNs }: Evidence): Finding[] {
  const findings: Finding[] = [];
  if (maxTickLateNs > clockGapNs) {
    findings.push({
      ...invalid(
        `the generator stood still for ${formatDurationNs(maxTickLateNs)} (stopped, suspended or starved)`,
      ),
      generator: false,
    });
  }
  if (maxClockStepNs > clockGapNs) {
    findings.push({
      ...suspect(
        `the wall clock moved ${formatDurationNs(maxClockStepNs)} against the monotonic one: the machine was suspended, or its clock set`,
      ),
      generator: false,
    });
  }
  return findings;
}

function saturated(cpu: number, advice: Advice): string {
  return `the generator was the limit (its thread used ${formatRatio(cpu)} of a core); the server may be faster than this: ${advice.saturated}`;
}

function suspect(reason: string): Finding {
  return { state: 'suspect', reason, generator: true };
}

function invalid(reason: string): Finding {
  return { state: 'invalid', reason, generator: true };
}
