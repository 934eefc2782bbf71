import { createFigureReader } from './figures.ts';
import { createLiveTargets } from './live-targets.ts';
import type { Interval } from '../../model/interval.ts';
import type { Plan } from '../../model/plan.ts';
import type { Environment } from '../../model/result.ts';
import type { Judging } from '../read-result.ts';
import type { Figures } from './figures.ts';
import type { LiveTarget } from './live-targets.ts';

/** Makes of a run's intervals, as they come, what a view shows. Costs some milliseconds a second. */
export interface RunWatch {
  readonly add: (interval: Interval) => Figures;
  /** Every target that can be judged before the end; the dearest part, so call it once a second. */
  readonly targets: () => readonly LiveTarget[];
  readonly destroy: () => void;
}

export function watchRun(plan: Plan, environment: Environment, judge: Judging['judge']): RunWatch {
  const figures = createFigureReader(plan.kind);
  const targets = createLiveTargets(plan, environment, judge);
  return {
    add: (interval) => {
      targets.add(interval);
      return figures.add(interval);
    },
    targets: targets.judge,
    destroy: () => {
      figures.destroy();
      targets.destroy();
    },
  };
}
