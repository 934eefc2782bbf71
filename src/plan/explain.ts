import { formatBytes, formatDurationNs, formatRatio, formatValue } from '../model/units.ts';
import { readSystemLimits } from '../measure/system-limits.ts';
import { samplesNeeded } from '../model/target.ts';
import { arrivalsOf, expectedSamples, flowsOf, requestsOf } from './resolve/expected-samples.ts';
import { explainSubjects } from './explain-subjects.ts';
import { explainServer } from './explain-server.ts';
import { explainData, explainFlowKind, explainStep } from './explain-flow.ts';
import { formatDistribution } from './scenario/parse-distribution.ts';
import { printable } from './problems/printable.ts';
import type {
  BenchPlan,
  FlowPlan,
  LoadPlan,
  LoadTarget,
  PhasePlan,
  Plan,
  SubjectPlan,
  TargetPlan,
  ThinkPlan,
} from '../model/plan.ts';
import type { SystemLimits } from '../measure/system-limits.ts';

/** A plan for people: what will be done, how long it takes, what it touches, and whether its targets can be decided. */
export function explainPlan(plan: Plan): string {
  return explainPlanOn(plan, readSystemLimits());
}

/** The same for a machine with other limits than this one. */
export function explainPlanOn(plan: Plan, machine: SystemLimits): string {
  const { scenario } = plan;
  const head = [
    `${scenario.name} (${plan.kind})`,
    row('file', scenario.file === null ? 'none, made from the command line' : printable(scenario.file, 500)),
    ...(scenario.tags.length === 0 ? [] : [row('tags', scenario.tags.join(', '))]),
    row('seed', String(scenario.seed)),
    row('hash', scenario.hash),
    row('time', `at most ${formatDurationNs(plan.expectedNs)}`),
  ];
  const body = plan.kind === 'bench' ? explainBench(plan) : explainLoad(plan, machine);
  return [...head, '', ...body, '', ...explainTargets(plan), ''].join('\n');
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(12)} ${text}`;
}

function explainBench({ subjects, workload, run, reference }: BenchPlan): string[] {
  const runs = subjects.length * run.concurrency.length * run.rounds;
  const each = `${formatDurationNs(run.forNs)} measured after ${formatDurationNs(run.warmupNs)} of warm-up`;
  const mix = Object.entries(workload.mix).map(([name, share]) => `${printable(name)} ${formatRatio(share)}`);
  const arrivals =
    run.arrivals === 'closed'
      ? 'the next operation starts when one ends'
      : `${run.arrivals}/s, started on time: ${Math.floor((run.arrivals * run.forNs) / 1e9)} operations a run`;
  return [
    'runs',
    row(
      'number',
      `${runs} (subjects: ${subjects.length}, concurrencies: ${run.concurrency.length}, rounds: ${run.rounds}), interleaved`,
    ),
    row('each', each),
    row('isolation', run.isolate === 'process' ? 'a fresh process for each run' : 'all in this process'),
    row('concurrency', run.concurrency.join(', ')),
    row('arrivals', arrivals),
    '',
    'workload',
    row('keys', `${workload.keys}, ${formatDistribution(workload.distribution)}`),
    row('values', formatBytes(workload.valueBytes)),
    row('mix', mix.length === 0 ? "the subject's own" : mix.join(', ')),
    '',
    'subjects',
    ...subjects.map((subject) =>
      row(
        printable(subject.name),
        explainSubject(subject) + (subject.name === reference ? '  (reference)' : ''),
      ),
    ),
  ];
}

function explainSubject({ use, options }: SubjectPlan): string {
  const given = Object.keys(options).length === 0 ? '' : ` ${printable(JSON.stringify(options), 200)}`;
  if (use.kind === 'driver') return `driver ${use.driver}${given}`;
  const from = `${printable(use.module)}#${use.export}`;
  if (use.kind === 'tinybench') return `task ${printable(use.task)} of ${from}`;
  return `${use.kind === 'factory' ? 'made by' : 'calls'} ${from}${given}`;
}

function explainLoad(plan: LoadPlan, machine: SystemLimits): string[] {
  const { target, phases, flows, data = [], limits, workers, server: watched } = plan;
  const subjects = explainSubjects(plan).map(([label, text]) => row(label, text));
  const server =
    target.builtin === null
      ? target.origin
      : `the built-in server ${target.builtin}, on a free loopback port${optionsText(target)}`;
  const sockets = Math.ceil(socketsOf(phases) / (target.perConnection ?? 1));
  return [
    ...(subjects.length === 0 ? ['target', row('server', server)] : ['subjects', ...subjects, '', 'target']),
    row('hosts', [...new Set([...originsOf(plan), ...target.allow])].join(', ')),
    ...explainConnections(target),
    ...(watched === undefined ? [] : [row('reads', explainServer(watched))]),
    row('sockets', `at most ${sockets} at once; ${explainSockets(sockets, machine)}`),
    '',
    'phases',
    ...phases.map((phase) => row(phase.name, explainPhase(phase, flows))),
    '',
    'requests',
    ...flows.flatMap((flow) => explainFlow(flow, flows)),
    '',
    ...(data.length === 0 ? [] : ['data', ...data.map((one) => row(one.name, explainData(one))), '']),
    'limits',
    row(
      'time-outs',
      `${formatDurationNs(limits.timeoutNs)} a request, ${formatDurationNs(limits.connectTimeoutNs)} to connect`,
    ),
    row(
      'replies',
      `at most ${formatBytes(limits.maxBodyBytes)} of body, ${formatBytes(limits.maxHeaderBytes)} of header`,
    ),
    row('waiting', `at most ${limits.maxWaiting} arrivals wait for a connection, more are dropped`),
    row('end', `requests in flight get ${formatDurationNs(limits.gracefulStopNs)}, then they are cut`),
    row(
      'pacing',
      limits.pacing === 'precise'
        ? `precise: ${workers === 1 ? 'one core is' : `${workers} cores are`} kept busy`
        : 'eco: timers only, starts up to a few ms late',
    ),
    ...(workers === 1 ? [] : [row('workers', `${workers} threads share the load exactly`)]),
  ];
}

function optionsText({ options = {} }: LoadTarget): string {
  return Object.keys(options).length === 0 ? '' : ` with ${printable(JSON.stringify(options), 200)}`;
}

/** Hosts that get load. */
function originsOf({ target, subjects }: LoadPlan): string[] {
  return (subjects?.map((subject) => subject.target) ?? [target]).map(
    ({ origin }) => new URL(origin).hostname,
  );
}

/** How the target is spoken to, where that is not plain HTTP/1.1 over connections that are kept alive. */
function explainConnections({
  origin,
  tls,
  protocol,
  perConnection = 1,
  newConnections,
}: LoadTarget): string[] {
  const words: string[] = [];
  if (protocol === 'http2')
    words.push(`HTTP/2, ${perConnection} stream${perConnection === 1 ? '' : 's'} a connection`);
  else if (perConnection > 1) words.push(`pipelines of ${perConnection} requests`);
  if (newConnections === true) words.push('a new connection for each request');
  if (origin.startsWith('https:')) words.push(tls?.insecure === true ? 'TLS, NOT VERIFIED' : 'TLS, verified');
  if (tls?.cert !== null && tls?.cert !== undefined) words.push('with a client certificate');
  if (tls?.resume === true) words.push('sessions resumed');
  return words.length === 0 ? [] : [row('speaks', words.join(', '))];
}

/** Files and sockets that the process has open beside its connections. */
const otherFiles = 64;

function explainSockets(sockets: number, { fileDescriptors, ports }: SystemLimits): string {
  const localPorts = ports === null ? null : ports.last - ports.first + 1;
  const limits = [
    fileDescriptors === null ? 'limit of open files unknown' : `ulimit -n is ${fileDescriptors}`,
    localPorts === null ? 'port range unknown' : `${localPorts} local ports`,
  ].join(', ');
  const short: string[] = [];
  if (fileDescriptors !== null && sockets + otherFiles > fileDescriptors)
    short.push(`raise it: ulimit -n ${sockets + otherFiles}`);
  if (localPorts !== null && sockets > localPorts)
    short.push('widen net.ipv4.ip_local_port_range: each connection takes a port');
  return short.length === 0 ? limits : `${limits}. NOT ENOUGH: ${short.join('; ')}`;
}

/** Connections of phases beside each other add up; those of phases in series are used again. */
function socketsOf(phases: readonly PhasePlan[]): number {
  const beside = phases.filter((phase) => phase.with !== null);
  const inSeries = phases.filter((phase) => phase.with === null).map(({ connections }) => connections);
  return beside.reduce((sum, { connections }) => sum + connections, Math.max(...inSeries));
}

function explainPhase(phase: PhasePlan, flows: readonly FlowPlan[]): string {
  const { arrivals, forNs, maxRequests, maxFlows, connections, measured } = phase;
  const parts = [
    phase.with === null
      ? formatDurationNs(forNs)
      : `beside ${phase.with.phase}${phase.with.toItsEnd ? ', to its end' : ` for ${formatDurationNs(forNs)}`}`,
  ];
  const own = flowsOf(phase, flows);
  if (own.length < flows.length) parts.push(`runs ${own.map(({ name }) => printable(name)).join(' and ')}`);
  if (arrivals.model === 'open') {
    const { ratePerSecond, toRatePerSecond, spacing } = arrivals;
    const about = spacing === 'poisson' ? 'about ' : '';
    const to = toRatePerSecond === undefined ? '' : ` -> ${formatValue(toRatePerSecond, 'count', true)}`;
    parts.push(`${formatValue(ratePerSecond, 'count', true)}${to} ${spacing}`);
    const thinking = own.some(({ steps }) => steps.slice(0, -1).some(({ think }) => think !== null));
    parts.push(
      `${about}${explainArrivals(phase, flows)}`,
      thinking ? `at most ${connections} flows at once` : `at most ${connections} in flight`,
    );
  } else {
    const to = arrivals.toUsers === undefined ? '' : ` -> ${arrivals.toUsers}`;
    parts.push(`${arrivals.users}${to} users, each with one request at a time`);
    if (phase.pacingNs !== null) parts.push(`a flow every ${formatDurationNs(phase.pacingNs)} each`);
    if (phase.maxFlowsPerUser !== null) parts.push(`at most ${phase.maxFlowsPerUser} flows each`);
    parts.push(
      maxRequests === null ? 'as many requests as the server answers' : `at most ${maxRequests} requests`,
    );
  }
  if (maxFlows !== null) parts.push(`at most ${maxFlows} flows`);
  if (!measured) parts.push('not measured');
  return parts.join(', ');
}

function explainArrivals(phase: PhasePlan, flows: readonly FlowPlan[]): string {
  const arrivals = arrivalsOf(phase);
  const requests = requestsOf(phase, flows);
  if (requests === phase.maxRequests) return `at most ${requests} requests`;
  return requests === arrivals ? `${requests} requests` : `${arrivals} arrivals with ${requests} requests`;
}

function explainFlow(flow: FlowPlan, flows: readonly FlowPlan[]): string[] {
  const total = flows.reduce((sum, { weight }) => sum + weight, 0);
  return flow.steps.map((step, index) => {
    const { name, method, path, think } = step;
    const label = index === 0 ? `${printable(flow.name)} ${formatRatio(flow.weight / total)}` : '';
    const more = index === 0 ? explainFlowKind(flow) : '';
    const request = flow.kind === 'function' ? 'operation' : `${method} ${printable(path, 80)}`;
    const named = name === request ? '' : `  name ${printable(name)}`;
    return row(label, `${request}${named}${explainStep(step)}${explainThink(think)}${more}`);
  });
}

function explainThink(think: ThinkPlan | null): string {
  if (think === null) return '';
  if (think.kind === 'exponential') return `, then thinks ${formatDurationNs(think.meanNs)} on the average`;
  const { minNs, maxNs } = think;
  const range =
    maxNs > minNs ? `${formatDurationNs(minNs)} to ${formatDurationNs(maxNs)}` : formatDurationNs(minNs);
  return `, then thinks ${range}`;
}

function explainTargets(plan: Plan): string[] {
  if (plan.targets.length === 0)
    return ['targets', row('none', 'the run measures and reports, but can only fail as invalid')];
  return [
    'targets',
    ...plan.targets.map((target) =>
      row(target.id ?? '-', `${printable(target.expr, 600)}${explainPower(plan, target)}`),
    ),
  ];
}

function explainPower(plan: Plan, target: TargetPlan): string {
  const { aggregation } = target.target;
  const stops =
    target.abort === undefined
      ? ''
      : ` (stops the run when it fails on ${target.abort.afterSamples} samples)`;
  const warn = target.severity === 'warn' ? ' (warns only)' : stops;
  if (aggregation.kind !== 'percentile') return warn;
  const needed = samplesNeeded(aggregation);
  const samples = expectedSamples(plan, target, needed);
  if (samples.kind === 'unknown') return `${warn}: needs ${needed} samples`;
  if (samples.kind === 'needs')
    return `${warn}: needs ${needed} samples, there are if one operation takes at most ${formatDurationNs(samples.longestNs)} and each is timed`;
  const word = samples.count >= needed ? 'enough' : 'NOT ENOUGH, it will be underpowered';
  return `${warn}: needs ${needed} samples, gets ${samples.count}: ${word}`;
}
