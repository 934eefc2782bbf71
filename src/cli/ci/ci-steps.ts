/** One run of perfkit in a CI job. */
export interface CiStep {
  /** Unique in the job; also the name of its folder below `reports/`. */
  readonly name: string;
  /** The command line, of words that no shell and no CI service gives a meaning to. */
  readonly command: string;
  /** It is the first that needs a server. */
  readonly firstLoad: boolean;
}

/** A scenario file by its path from the repository's root, with `/`. */
export interface CiScenario {
  readonly path: string;
  readonly kind: 'bench' | 'load';
}

/** Names that stand in a script, a YAML file and a workflow expression as they are. */
export const plainPath = /^\w[\w./+-]*$/;

/**
 * The steps that run the scenarios: one for all benches, which are then one suite, and one for each load. Every path
 * must match `plainPath`.
 */
export function ciSteps(scenarios: readonly CiScenario[], reporters: readonly string[]): CiStep[] {
  const paths = (kind: CiScenario['kind']): string[] =>
    scenarios.filter((scenario) => scenario.kind === kind).map(({ path }) => path);
  const taken = new Set<string>();
  const step = (wanted: string, args: string, firstLoad: boolean): CiStep => {
    const name = free(wanted, taken);
    const flags = reporters.map((reporter) => ` --reporter ${reporter}`).join('');
    return { name, command: `npx --no-install perfkit ${args} --out reports/${name}${flags}`, firstLoad };
  };
  const benches = paths('bench');
  return [
    ...(benches.length === 0 ? [] : [step('bench', `bench ${benches.join(' ')}`, false)]),
    ...paths('load').map((path, index) => step(`load-${slug(path)}`, `load ${path}`, index === 0)),
  ];
}

/** The benches with two versions; `refs` as the shell is to read it. */
export function compareCommand(scenarios: readonly CiScenario[], refs: string): string {
  const benches = scenarios.filter(({ kind }) => kind === 'bench').map(({ path }) => path);
  return `npx --no-install perfkit bench ${benches.join(' ')} --refs ${refs} --out reports/compare`;
}

/** A reminder, where loads go to a server that somebody has to start. */
export function startServer(indent: string): string {
  return `${indent}# the server under test is started here, unless the scenarios load a built-in one\n`;
}

/** `load/api.perfkit.yaml` as `load-api`. */
function slug(path: string): string {
  return path
    .replace(/\.perfkit\.\w+$/, '')
    .replace(/[^A-Za-z\d]+/g, '-')
    .replace(/^(?:load-)+|-+$/g, '');
}

function free(wanted: string, taken: Set<string>): string {
  const base = wanted.replace(/-+$/, '');
  let name = base;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}-${number}`;
  taken.add(name.toLowerCase());
  return name;
}
