import { z } from 'zod';
import { nearest } from '../../model/nearest-name.ts';
import { didYouMean } from '../problems/did-you-mean.ts';
import { describeValue, printable } from '../problems/printable.ts';
import { issueMessage } from '../problems/issue-message.ts';
import { scenarioSchemas } from './schema.ts';
import type { Scenario } from './schema.ts';
import type { Fault, Path } from '../problems/problem.ts';

/**
 * Check a scenario's shape against the schema. Texts at `fromEnv` paths (environment variables put in) may stand for
 * a number or a boolean. With unknown keys as the only faults the scenario comes back without them, so that the
 * checks that follow can report theirs in the same go.
 */
export function validateShape(
  value: unknown,
  fromEnv: ReadonlySet<string>,
): { scenario: Scenario | null; faults: Fault[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      scenario: null,
      faults: [
        {
          path: [],
          message: `expected a scenario (a map with version, kind, name, ...), got ${describeValue(value)}`,
        },
      ],
    };
  }
  const kind = 'kind' in value ? value.kind : undefined;
  if (kind !== 'bench' && kind !== 'load') return { scenario: null, faults: [kindFault(value, kind)] };
  const schema = scenarioSchemas[kind];
  const first = check(schema, value);
  const coerced = coerce(value, first.issues, fromEnv);
  const { issues, allowed, data } = coerced === value ? first : check(schema, coerced);
  if (data !== undefined) return { scenario: data, faults: [] };
  const faults = toFaults(issues, allowed);
  const pruned = issues.every(({ code }) => code === 'unrecognized_keys')
    ? check(schema, prune(coerced, issues)).data
    : undefined;
  return { scenario: pruned ?? null, faults };
}

type Issue = z.core.$ZodIssue;

interface Checked {
  readonly issues: readonly Issue[];
  /** Keys that a map may have, by the map. */
  readonly allowed: ReadonlyMap<unknown, readonly string[]>;
  readonly data: Scenario | undefined;
}

function kindFault(value: object, kind: unknown): Fault {
  const known = Object.keys(scenarioSchemas);
  if (kind !== undefined) {
    const hint = typeof kind === 'string' ? didYouMean(kind, known) : ': expected `bench` or `load`';
    return { path: ['kind'], message: `unknown kind ${describeValue(kind)}${hint}` };
  }
  const typo = Object.keys(value).find((key) => nearest(key, ['kind']) !== null);
  if (typo !== undefined)
    return { path: [], key: typo, message: `unknown key \`${printable(typo, 60)}\`: did you mean \`kind\`?` };
  return { path: [], message: '`kind` is missing: write `kind: bench` or `kind: load`' };
}

function check(schema: (typeof scenarioSchemas)['bench' | 'load'], value: unknown): Checked {
  const allowed = new Map<unknown, readonly string[]>();
  const error = (issue: z.core.$ZodRawIssue): string => {
    const { schema: owner } = issue;
    if (issue.code === 'unrecognized_keys' && owner instanceof z.ZodObject) {
      allowed.set(issue.input, Object.keys(owner.shape));
    }
    return issueMessage(issue);
  };
  const result = schema.safeParse(value, { error, reportInput: true });
  return result.success
    ? { issues: [], allowed, data: result.data }
    : { issues: result.error.issues.flatMap(flatten), allowed, data: undefined };
}

/** Of a union's branches, the one that the value was meant for: the one that does not fail on the value's own type. */
function flatten(issue: Issue): Issue[] {
  if (issue.code === 'invalid_key') return [{ ...issue, message: issue.issues[0]?.message ?? issue.message }];
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find(
    (branch) => !branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  const branch = meant ?? issue.errors.at(-1) ?? [];
  return branch.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
}

function toFaults(issues: readonly Issue[], allowed: ReadonlyMap<unknown, readonly string[]>): Fault[] {
  const meant = new Set<string>();
  const faults: Fault[] = [];
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const path = toPath(issue.path);
    const known = allowed.get(issue.input) ?? [];
    for (const key of issue.keys) {
      const near = later.has(key) ? null : nearest(key, known);
      if (near !== null) meant.add(JSON.stringify([...path, near]));
      faults.push({ path, key, message: unknownKey(key, known) });
    }
  }
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') continue;
    const path = toPath(issue.path);
    // A key that was only misspelt is not also reported as missing.
    if (issue.message.startsWith('is missing') && meant.has(JSON.stringify(path))) continue;
    faults.push(toFault(issue, path));
  }
  return faults;
}

function toFault(issue: Issue, path: Path): Fault {
  const last = path.at(-1);
  if (issue.code === 'invalid_key')
    return { path: path.slice(0, -1), key: String(last), message: issue.message };
  const missing = issue.message.startsWith('is missing');
  const offset: unknown = issue.code === 'custom' ? issue.params?.['offset'] : undefined;
  const message = missing ? `\`${String(last)}\` ${issue.message}` : issue.message;
  return typeof offset === 'number' ? { path, message, offset } : { path, message };
}

/** Keys of scenarios to come, refused by name so that nobody believes they do something. */
const later: ReadonlySet<string> = new Set(['gc']);

function unknownKey(key: string, known: readonly string[]): string {
  if (later.has(key)) return `\`${key}\` is not supported by this version of perfkit: remove it`;
  return `unknown key \`${printable(key, 60)}\`${didYouMean(key, known)}`;
}

function toPath(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === 'number' ? part : String(part)));
}

/** The value with numeric texts from the environment as numbers, at the paths of issues; the same value if there is none. */
function coerce(value: unknown, issues: readonly Issue[], fromEnv: ReadonlySet<string>): unknown {
  const paths = new Set(
    issues.map((issue) => JSON.stringify(toPath(issue.path))).filter((path) => fromEnv.has(path)),
  );
  if (paths.size === 0) return value;
  return rewrite(value, [], (item, path) =>
    typeof item === 'string' && paths.has(JSON.stringify(path)) ? scalar(item) : item,
  );
}

function scalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function prune(value: unknown, issues: readonly Issue[]): unknown {
  const unknown = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => JSON.stringify([...toPath(issue.path), key]))
        : [],
    ),
  );
  return rewrite(
    value,
    [],
    (item) => item,
    (path) => !unknown.has(JSON.stringify(path)),
  );
}

function rewrite(
  value: unknown,
  path: Path,
  change: (item: unknown, path: Path) => unknown,
  keep: (path: Path) => boolean = () => true,
): unknown {
  if (Array.isArray(value)) return value.map((item, index) => rewrite(item, [...path, index], change, keep));
  if (typeof value !== 'object' || value === null) return change(value, path);
  const kept = Object.entries(value).filter(([key]) => keep([...path, key]));
  return Object.fromEntries(kept.map(([key, item]) => [key, rewrite(item, [...path, key], change, keep)]));
}
