import { didYouMean } from '../problems/did-you-mean.ts';
import { reportDuplicates } from '../problems/report-duplicates.ts';
import { checkCaps } from './check-caps.ts';
import { resolvePlace } from './resolve-place.ts';
import { resolveServerOptions } from './resolve-server-options.ts';
import { expectedNs } from './resolve-phases.ts';
import type { LoadPlan, LoadSubjectPlan } from '../../model/plan.ts';
import type { LoadScenario } from '../scenario/schema.ts';
import type { CappedLoad } from './check-caps.ts';
import type { PlanContext } from './plan-context.ts';

/** Enough to tell a difference from the noise between rounds. */
const defaultRounds = 3;
/** A built-in server starts, and is stopped when it has answered. */
const changeNs = 2e9;

type Subjects = Required<Pick<LoadPlan, 'subjects' | 'rounds' | 'reference'>>;

/** The variants of the server with what is asked of all of them; null when the scenario has none. Reports what is wrong. */
export async function resolveLoadSubjects(
  load: CappedLoad & { readonly scenario: LoadScenario },
  context: PlanContext,
): Promise<Subjects | null> {
  const { subjects: written, reference = null } = load.scenario;
  if (written === undefined) {
    for (const key of ['rounds', 'reference'] as const)
      if (load.scenario[key] !== undefined)
        context.report([key], `\`${key}\` goes with \`subjects\`, the variants of the server`);
    return null;
  }
  const names = written.map(({ name }) => name);
  reportDuplicates(names, (index) => ['subjects', index, 'name'], 'subject', context);
  if (reference !== null && !names.includes(reference))
    context.report(['reference'], `unknown subject \`${reference}\`${didYouMean(reference, names)}`);
  const subjects: LoadSubjectPlan[] = [];
  for (const index of written.keys()) {
    const subject = resolveSubject(load, index, context);
    // what is too much for one host is told once
    const same = subjects.find(({ target }) => target.origin === subject.target.origin)?.target;
    const { loopbackOnly = false } = same ?? (await checkCaps({ ...load, target: subject.target }, context));
    subjects.push({ ...subject, target: { ...subject.target, ...(loopbackOnly && { loopbackOnly }) } });
  }
  checkProcess(load.scenario, subjects, context);
  const rounds = context.overrides.rounds ?? load.scenario.rounds ?? defaultRounds;
  return { subjects, rounds, reference };
}

/** A bound on the time of all rounds. */
export function expectedOfAllNs(
  phases: LoadPlan['phases'],
  variants: Pick<LoadPlan, 'subjects' | 'rounds'> | null,
): number {
  const onceNs = expectedNs(phases);
  if (variants?.subjects === undefined) return onceNs;
  return variants.subjects.length * (variants.rounds ?? 1) * (onceNs + changeNs);
}

function resolveSubject(
  { scenario, target }: CappedLoad & { readonly scenario: LoadScenario },
  index: number,
  context: PlanContext,
): LoadSubjectPlan {
  const { name, http, options: own, process } = scenario.subjects?.[index] ?? { name: '' };
  const at = ['subjects', index];
  const { path, ...place } =
    http === undefined
      ? { origin: target.origin, builtin: target.builtin, path: '/' }
      : resolvePlace(http, target.allow, [...at, 'http'], context);
  if (path !== '/')
    context.report([...at, 'http'], `expected no path: what is requested is the same for every subject`);
  if (place.origin.startsWith('http:') && target.tls !== undefined)
    context.report([...at, 'http'], '`target.tls` goes with an https:// origin');
  const shared = place.builtin === target.builtin ? target.options : undefined;
  const options = resolveServerOptions(own, place.builtin, [...at, 'options'], context);
  const merged = { ...shared, ...options.options };
  const { options: _, ...rest } = target;
  return {
    name,
    target: { ...rest, ...place, ...(Object.keys(merged).length > 0 && { options: merged }) },
    ...(process !== undefined && { process: Number(process) }),
  };
}

/** What is watched must be the process of the subject that is under load. */
function checkProcess(
  { server, subjects = [] }: LoadScenario,
  plans: readonly LoadSubjectPlan[],
  context: PlanContext,
): void {
  const shared = server?.process;
  const watched = shared !== undefined || subjects.some(({ process }) => process !== undefined);
  for (const [index, { process }] of subjects.entries()) {
    const isBuiltin = plans[index]?.target.builtin !== null;
    const at = ['subjects', index];
    if (process !== undefined && isBuiltin)
      context.report(
        [...at, 'process'],
        'a built-in server has a process of its own: write `server: {process: builtin}`',
      );
    else if (process !== undefined && server === undefined)
      context.report(
        [...at, 'process'],
        '`process` goes with `server`, which says how often it is read: write `server: {every: 1s}`',
      );
    else if (process === undefined && watched && !isBuiltin)
      context.report(at, '`process` is missing: the id of the process of this server, which is watched');
  }
  if (shared !== undefined && shared !== 'builtin')
    context.report(
      ['server', 'process'],
      'one process cannot be that of every subject: write `process` for each of them, or `builtin`',
    );
}
