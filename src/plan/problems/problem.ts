import { PerfkitError } from '../../model/errors.ts';
import { codeFrame } from './code-frame.ts';
import type { Position, ScenarioDocument } from '../read/document.ts';

/** Where a value stands in a scenario: keys and 0-based indices from the top. */
export type Path = readonly (string | number)[];

/** A mistake found in a scenario's data, before its place in the text is looked up. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
  /** The mistake is this key of the map at `path`, not its value. */
  readonly key?: string;
  /** How far into the text at `path` (0-based, as the text reads after its quotes and variables are resolved). */
  readonly offset?: number;
  /** Set when the place is known already (syntax errors). */
  readonly position?: Position;
}

/** A mistake in a scenario with its place; line and column are 1-based and null where there is no text. */
export interface Problem {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** `$.targets[2].expr` */
  readonly path: string;
  readonly message: string;
  /** Three lines of the file with the place marked; null where there is no text. */
  readonly frame: string | null;
}

/** Give faults their places, in the order of the file, each once. */
export function toProblems(faults: readonly Fault[], document: ScenarioDocument): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const fault of faults) {
    const problem = toProblem(fault, document);
    const identity = `${problem.line}:${problem.column}:${problem.path}:${problem.message}`;
    if (!seen.has(identity)) problems.push(problem);
    seen.add(identity);
  }
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** Every problem with its place and frame, as one message for people. */
export function formatProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, maxShown).map(formatProblem);
  if (problems.length > shown.length) shown.push(`… and ${problems.length - shown.length} more problems`);
  return shown.join('\n\n');
}

/** The one error for all problems of a scenario. */
export function problemsError(problems: readonly Problem[]): PerfkitError {
  return new PerfkitError('scenario', formatProblems(problems));
}

/** `$.targets[2].expr`; keys that are no plain names are quoted. */
function pathText(path: Path): string {
  const parts = path.map((part) => {
    if (typeof part === 'number') return `[${part}]`;
    return /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  });
  return `$${parts.join('')}`;
}

const maxShown = 30;

function toProblem(fault: Fault, document: ScenarioDocument): Problem {
  const path = pathText(fault.key === undefined ? fault.path : [...fault.path, fault.key]);
  const position = fault.position ?? document.locate(fault.path, { key: fault.key, offset: fault.offset });
  return {
    file: document.file,
    line: position?.line ?? null,
    column: position?.column ?? null,
    path,
    message: fault.message,
    frame: position === null ? null : codeFrame(document.lines, position),
  };
}

function formatProblem(problem: Problem): string {
  const file = problem.file ?? 'scenario';
  if (problem.line === null) return `${file}: ${problem.message} (at ${problem.path})`;
  const head = `${file}:${problem.line}:${problem.column}: ${problem.message}`;
  return problem.frame === null ? head : `${head}\n${problem.frame}`;
}
