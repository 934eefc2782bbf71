import { judgeRounds } from '../bench/record/bench-validity.ts';
import type { MeasuredRound } from '../bench/record/bench-validity.ts';
import type { RoundResult, RoundTask } from '../bench/rounds/round-result.ts';

interface Failures {
  readonly subject: string;
  readonly class: string;
  readonly example: string;
  count: number;
}

/** What the rounds of one version say of themselves. */
export class ArmEvidence {
  readonly #rounds: MeasuredRound[] = [];
  readonly #failures = new Map<string, Failures>();

  add(task: RoundTask, { evidence, errors }: RoundResult): void {
    this.#rounds.push({ task, evidence });
    const subject = task.subject.name;
    for (const { class: name, example, count } of errors) {
      const key = JSON.stringify([subject, name]);
      const known = this.#failures.get(key);
      if (known === undefined) this.#failures.set(key, { subject, class: name, example, count });
      else known.count += count;
    }
  }

  /** Why one should be careful with its numbers; empty when nothing speaks against them. */
  reasons(): string[] {
    const failures = Array.from(
      this.#failures.values(),
      ({ subject, class: name, count, example }) =>
        `${subject}: ${count} operations failed: ${name}: ${example}`,
    );
    return [...judgeRounds(this.#rounds).reasons, ...failures.slice(0, 10)];
  }
}
