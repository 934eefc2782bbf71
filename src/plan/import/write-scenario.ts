import { printable } from '../problems/printable.ts';
import { quoteYaml } from './quote-yaml.ts';
import type { ImportedStep } from './to-step.ts';

export interface WrittenScenario {
  /** Says where it comes from. */
  readonly heading: string;
  readonly notes: readonly string[];
  readonly name: string;
  readonly target: { readonly http: string; readonly host: string | null; readonly comment: string | null };
  readonly flows: readonly { readonly name: string; readonly steps: readonly ImportedStep[] }[];
}

/** The YAML of an imported load scenario: the one place that knows what its keys are called. */
export function writeScenario({ heading, notes, name, target, flows }: WrittenScenario): string {
  const allow =
    target.host === null
      ? []
      : [`  allow: [${quoteYaml(target.host)}]    # may you load it? Then leave it here`];
  return [
    ...comment(heading),
    ...notes.flatMap(comment),
    'version: 1',
    'kind: load',
    `name: ${quoteYaml(name)}`,
    ...(target.comment === null ? [] : comment(target.comment)),
    'target:',
    `  http: ${JSON.stringify(`\${env:BASE_URL:-${target.http}}`)}`,
    ...allow,
    'phases:                                   # a gentle start: more users, or `rate: 100/s` instead of users',
    '  - {name: warmup, for: 5s, users: 1, measure: false}',
    '  - {name: steady, for: 30s, users: 5}',
    'flows:',
    ...flows.flatMap((flow) => [
      `  - name: ${quoteYaml(flow.name)}`,
      '    steps:',
      ...flow.steps.map(stepYaml),
    ]),
    'targets:',
    '  - "errors rate < 1%"',
    '  - "response_time p95 < 500ms in steady"',
    '',
  ].join('\n');
}

/** A step as it stands in the scenario. */
export function stepYaml({
  name,
  method,
  path,
  headers,
  body,
  status,
  comment: remark,
}: ImportedStep): string {
  const lines = [`- ${method}: ${quoteYaml(path)}`, `  name: ${quoteYaml(name)}`];
  if (headers.length > 0) lines.push('  headers:', ...headerLines(headers).map((line) => `    ${line}`));
  if (body !== null)
    lines.push(
      body.kind === 'json' ? `  json: ${jsonYaml(JSON.parse(body.text))}` : `  body: ${quoteYaml(body.text)}`,
    );
  if (status.length > 0)
    lines.push(`  expect: {status: ${status.length === 1 ? status[0] : `[${status.join(', ')}]`}}`);
  const remarks = remark === null ? [] : comment(remark);
  return [...remarks, ...lines].map((line) => `      ${line}`).join('\n');
}

/** A name that comes more than once gets a list of values. */
function headerLines(headers: ImportedStep['headers']): string[] {
  const groups = Map.groupBy(headers, ([name]) => name.toLowerCase());
  return Array.from(groups.values(), (group) => {
    const values = group.map(([, value]) => quoteYaml(value));
    return `${quoteYaml(group[0]?.[0] ?? '')}: ${values.length === 1 ? values[0] : `[${values.join(', ')}]`}`;
  });
}

/** JSON as one line of YAML; every text quoted as YAML needs it. A YAML key of more than 1,024 characters must be announced. */
function jsonYaml(value: unknown): string {
  if (typeof value === 'string') return quoteText(value);
  if (Array.isArray(value)) return `[${value.map(jsonYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, inner]) => `${key.length > 200 ? '? ' : ''}${quoteText(key)}: ${jsonYaml(inner)}`,
  );
  return `{${pairs.join(', ')}}`;
}

/** In quotes also where plain text would do, so that numbers and dates stay texts. */
function quoteText(text: string): string {
  const quoted = quoteYaml(text);
  return quoted.startsWith('"') ? quoted : `"${quoted}"`;
}

/** Lines of at most about 110 characters; nothing in it can end the comment. */
function comment(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of printable(text, 2_000)
    .replace(/[[\]{}]|[-?](?= [-?])/g, '_')
    .split(' ')) {
    if (line.length > 1 && line.length + word.length > 108) {
      lines.push(line);
      line = '#  ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
