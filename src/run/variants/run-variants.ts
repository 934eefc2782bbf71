import { nowNs } from '../../measure/clock.ts';
import { createRandom } from '../../measure/random.ts';
import { PerfkitError } from '../../model/errors.ts';
import { engineFailure } from '../engine-failure.ts';
import { mergeOutcomes } from './merge-outcomes.ts';
import { orderSegments } from './order-segments.ts';
import { segmentPlan } from './segment-plan.ts';
import type { Clock } from '../../measure/clock.ts';
import type { Engine, EngineContext, EngineOutcome } from '../../model/engine.ts';
import type { LoadPlan, LoadSubjectPlan } from '../../model/plan.ts';
import type { Segment } from './order-segments.ts';
import type { SegmentOutcome } from './merge-outcomes.ts';

/**
 * All phases against each variant of the server, round after round in changing order, one variant at a time: `load` runs
 * the phases once. A built-in server is a new process each time, so nothing is carried over from one round to the next.
 * Intervals get the tags `subject` and `round`, and follow one another in time. A variant that fails ends the run: it is
 * invalid, with what was measured before; when that is nothing, PerfkitError is thrown.
 */
export async function runVariants(
  plan: LoadPlan,
  subjects: readonly LoadSubjectPlan[],
  load: Engine<LoadPlan>,
  context: EngineContext,
  now: Clock = nowNs,
): Promise<EngineOutcome> {
  const { rounds = 1, scenario } = plan;
  const random = createRandom(scenario.seed).fork('order');
  const segments = orderSegments(subjects, rounds, scenario.seed, random);
  const startNs = now();
  const ended: SegmentOutcome[] = [];
  let endNs = 0;
  for (const [index, segment] of segments.entries()) {
    if (context.signal.aborted) break;
    const label = `${segment.subject.name} round ${segment.round}`;
    const moved = moveTo(segment, Math.max(now() - startNs, endNs), () => now() - startNs);
    const progress: EngineContext['progress'] = (part) =>
      context.progress({
        done: (index + part.done) / segments.length,
        label: `${label}/${rounds}, ${part.label}`,
      });
    const outcome = await load(segmentPlan(plan, segment), {
      signal: context.signal,
      progress,
      sink: (interval) => {
        const own = moved.interval(interval);
        endNs = Math.max(endNs, own.startNs + own.durationNs);
        context.sink(own);
      },
    }).catch((error: unknown) => failed(error, segment, ended.length > 0));
    ended.push({ label, outcome: moved.outcome(outcome) });
    if (!outcome.complete) break;
  }
  const complete = ended.length === segments.length;
  if (ended.length === 0) return interrupted;
  if (complete) context.progress({ done: 1, label: 'done' });
  return mergeOutcomes(ended, complete);
}

const interrupted: EngineOutcome = {
  complete: false,
  validity: { state: 'suspect', reasons: ['the run was interrupted before the first subject was measured'] },
};

/** What others measured is kept; a defect of perfkit's own stays loud. */
function failed(error: unknown, { subject }: Segment, anything: boolean): EngineOutcome {
  const failure = engineFailure(error);
  if (failure === null) throw error;
  const reason = `subject ${subject.name}: ${failure.message}`;
  if (!anything) throw new PerfkitError(failure.code, reason, { cause: error });
  return { complete: false, validity: { state: 'invalid', reasons: [failure.message] } };
}

interface Moved {
  readonly interval: (interval: Parameters<EngineContext['sink']>[0]) => Parameters<EngineContext['sink']>[0];
  readonly outcome: (outcome: EngineOutcome) => EngineOutcome;
}

/**
 * From the time of the segment's load to that of the run: its load began when its first interval did, and not before
 * `fromNs`, when the segment before has ended. An interval that comes late on a busy machine puts the whole segment later.
 */
function moveTo({ subject, round }: Segment, fromNs: number, elapsedNs: () => number): Moved {
  let offsetNs: number | null = null;
  const moved = (ns: number): number => ns + (offsetNs ?? fromNs);
  return {
    interval: (interval) => {
      offsetNs ??= Math.max(fromNs, elapsedNs() - interval.startNs - interval.durationNs);
      return {
        ...interval,
        startNs: moved(interval.startNs),
        tags: { ...interval.tags, subject: subject.name, round: String(round) },
      };
    },
    outcome: (outcome) =>
      outcome.slowest === undefined
        ? outcome
        : {
            ...outcome,
            slowest: outcome.slowest.map((one) => ({
              subject: subject.name,
              ...one,
              dueNs: moved(one.dueNs),
              sentNs: one.sentNs === null ? null : moved(one.sentNs),
              firstByteNs: one.firstByteNs === null ? null : moved(one.firstByteNs),
              endNs: moved(one.endNs),
            })),
          },
  };
}
