import { environmentText, outcomes, runText, targetsTable } from '../markdown.ts';
import { resultsOf } from '../reporter.ts';
import { htmlText, markdownText } from '../text.ts';
import { worstFirst } from './worst-first.ts';
import type { Reporter } from '../reporter.ts';
import type { RunResult, SuiteResult, TargetResult } from '../../model/result.ts';

/** Markdown for a comment on a pull request, of which GitHub takes 65,536 characters. */
export const pullRequest: Reporter = (document) => shortMarkdown(document, 60_000);

/** The least that `shortMarkdown` can say something in. */
export const shortestMarkdownBytes = 20_000;

/**
 * Markdown of at most `maxBytes` (at least `shortestMarkdownBytes`): the verdict with its reasons, the targets that do
 * not hold, worst first, and folded the others, each run and the environment. What finds no room is left out, and the
 * text says how much that is. A run is in it whole or not at all.
 */
export function shortMarkdown(document: RunResult | SuiteResult, maxBytes: number): string {
  const { verdict } = document;
  const parts = [`## perfkit: ${outcomes[verdict.outcome]}`, reasonsText(verdict.reasons)];
  const holding = verdict.targets.filter(({ outcome }) => outcome === 'pass');
  const others = worstFirst(verdict.targets.filter(({ outcome }) => outcome !== 'pass'));
  const room = new Room(maxBytes - noteBytes - sizeOf(parts));
  const failing = fittingTargets(others, room.left / 2);
  parts.push(room.take(notHolding(failing)) ?? '');
  const left: string[] = missing(
    others.length - failing.length,
    'target that does not hold',
    'targets that do not hold',
  );
  const count = verdict.targets.length;
  const holds = `${holding.length} of ${count} ${count === 1 ? 'target holds' : 'targets hold'}`;
  const shown = holding.length === 0 ? '' : room.take(folded(holds, targetsTable(holding, '')));
  parts.push(shown ?? '');
  const runs = resultsOf(document).map((result) => room.take(folded(result.scenario.name, runText(result))));
  parts.push(...runs.filter((run) => run !== null));
  if (shown === null) left.push(...missing(holding.length, 'target that holds', 'targets that hold'));
  left.push(...missing(runs.filter((run) => run === null).length, 'run', 'runs'));
  const environment = resultsOf(document)[0]?.environment;
  if (environment !== undefined)
    parts.push(room.take(folded('environment', environmentText(environment, document.started))) ?? '');
  if (left.length > 0)
    parts.push(
      `_Shortened to ${Math.floor(maxBytes / 1000)} kB: ${left.join(', ')} left out, all in report.md._`,
    );
  return `${parts.filter((part) => part !== '').join(between)}\n`;
}

const between = '\n\n';
/** For the sentence on what is left out, and the last line break. */
const noteBytes = 300;
const maxReasons = 5;

function reasonsText(reasons: readonly string[]): string {
  const lines = reasons.slice(0, maxReasons).map((reason) => `- ${markdownText(reason)}`);
  const more = reasons.length - lines.length;
  return [...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

/** A disclosure triangle; the blank lines make what is inside markdown again. */
function folded(summary: string, text: string): string {
  return `<details><summary>${htmlText(summary)}</summary>\n\n${text}\n\n</details>`;
}

function missing(count: number, one: string, several: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
}

/** As many of the first targets as find room in a table. */
function fittingTargets(targets: readonly TargetResult[], bytes: number): readonly TargetResult[] {
  let count = Math.min(targets.length, 500);
  while (count > 0 && sizeOf([notHolding(targets.slice(0, count))]) > bytes) count = Math.floor(count * 0.9);
  return targets.slice(0, count);
}

function notHolding(targets: readonly TargetResult[]): string {
  return targetsTable(targets, '### Targets that do not hold');
}

function sizeOf(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part) + between.length, 0);
}

/** Bytes that are left of a limit. */
class Room {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get left(): number {
    return this.#left;
  }

  /** The part, when it finds room. */
  take(part: string): string | null {
    const size = sizeOf([part]);
    if (size > this.#left) return null;
    this.#left -= size;
    return part;
  }
}
