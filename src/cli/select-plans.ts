import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import {
  builtInScenarios,
  findScenarios,
  loadScenarioFromUrl,
  plan,
  selectScenarios,
  sourceFromFile,
} from '../index.ts';
import { PerfkitError, messageOf } from '../model/errors.ts';
import type { Stats } from 'node:fs';
import type { BenchPlan, LoadPlan, Plan, ScenarioEntry, ScenarioSource } from '../index.ts';
import type { LoadFlags } from './commands/load.ts';
import type { ConnectionFlags, RequestFlags, RunFlags, SafetyFlags } from './options.ts';

type Kind = Plan['kind'];
type SelectionFlags = Pick<RunFlags, 'tag' | 'profile' | 'seed'> &
  Partial<Pick<SafetyFlags, 'maxRate' | 'maxConnections'>> & {
    /** In place of the times of a bench, in ns. */
    readonly for?: number;
    readonly warmup?: number;
    /** The rate that a search will go up to. */
    readonly searchTo?: number;
    readonly workers?: number;
  };

/** Plans of what `perfkit bench` names: scenarios, modules, or the built-in quick suite. */
export function selectBenchPlans(words: readonly string[], flags: SelectionFlags): Promise<Plan[]> {
  const suite = words.length === 0 && flags.tag === undefined;
  return selectPlans(words, suite ? { ...flags, tag: ['quick'] } : flags, 'bench');
}

/** Plans of what `perfkit load` names: a URL, scenarios, or nothing for the chat on the built-in server. */
export async function selectLoadPlans(word: string | undefined, flags: LoadFlags): Promise<readonly Plan[]> {
  if (word !== undefined && isUrl(word)) return [await planSource(urlSource(word, flags), flags)];
  const urlFlags = urlFlagsIn(flags);
  if (urlFlags.length > 0) {
    throw new PerfkitError(
      'usage',
      `--${urlFlags.join(', --')} ${urlFlags.length === 1 ? 'goes' : 'go'} with a URL, such as http://127.0.0.1:8080/; a scenario says it itself`,
    );
  }
  const isDefault = word === undefined && flags.tag === undefined;
  const words = isDefault ? ['chat/chat'] : word === undefined ? [] : [word];
  return withoutSearches(await selectPlans(words, flags, 'load'));
}

/**
 * Targets of a search could only fail: a run at given rates says nothing of the highest one. Of several scenarios those that
 * have some are left out; one that was named is refused.
 */
function withoutSearches(plans: readonly Plan[]): readonly Plan[] {
  const runnable = plans.filter((one) => searchTarget(one) === undefined);
  const [first] = plans;
  if (first === undefined) return plans;
  if (runnable.length > 0) {
    for (const { scenario } of plans.filter((one) => !runnable.includes(one)))
      process.stderr.write(
        `${scenario.name} is left out: it is a search, run by perfkit capacity ${scenario.name}\n`,
      );
    return runnable;
  }
  const { name, file } = first.scenario;
  throw new PerfkitError(
    'usage',
    `${name}: the target "${searchTarget(first)}" is of a search: run perfkit capacity ${file ?? name}`,
  );
}

function searchTarget({ targets }: Plan): string | undefined {
  return targets.find(({ target }) => target.metric === 'capacity')?.expr;
}

/** Flags that describe the request or the load of the URL form, as far as they are given. */
export function urlFlagsIn(flags: UrlFlags): string[] {
  const given: string[] = urlFlagNames.filter((name) => flags[name] !== undefined);
  return flags.keepalive === false ? [...given, 'no-keepalive'] : given;
}

const urlFlagNames = [
  'connections',
  'duration',
  'rate',
  'requests',
  'method',
  'header',
  'body',
  'timeout',
  'insecure',
  'ca',
  'cert',
  'key',
  'http2',
  'pipelining',
] as const;

/**
 * Plans of the named scenarios, in the order named; all built-in ones of the kind when none is. Throws one
 * PerfkitError when a word means nothing, or a scenario is unsound or of the other kind.
 */
export async function selectPlans(
  words: readonly string[],
  flags: SelectionFlags,
  kind: Kind | null,
): Promise<Plan[]> {
  const entries = await findScenarios([builtInScenarios]);
  const sources: ScenarioSource[] = [];
  for (const word of words) {
    if (existsSync(word)) sources.push(...(await sourcesAt(word, flags, kind)));
    else if (looksLikePath(word)) throw new PerfkitError('usage', `${word}: no such file`);
    else sources.push(...keepNamed(selectScenarios(entries, word), flags, kind).map(sourceOf));
  }
  if (words.length === 0) sources.push(...keep(entries, flags, kind).map(sourceOf));
  if (sources.length === 0)
    throw new PerfkitError(
      'usage',
      `no ${kind ?? ''} scenario is left${tagText(flags)}; \`perfkit list\` shows all`,
    );
  const plans: Plan[] = [];
  for (const source of sources) plans.push(await planSource(source, flags));
  const other = plans.find((one) => kind !== null && one.kind !== kind);
  if (other !== undefined) {
    throw new PerfkitError(
      'usage',
      `${other.scenario.name} is a ${other.kind} scenario: run it with \`perfkit ${other.kind}\``,
    );
  }
  return plans;
}

/** A file is itself; a folder is every scenario of the kind below it. */
async function sourcesAt(path: string, flags: SelectionFlags, kind: Kind | null): Promise<ScenarioSource[]> {
  const inside = await findScenarios([path]).catch(() => []);
  if (inside.length > 0) return keepNamed(inside, flags, kind).map(sourceOf);
  return [await sourceFromFile(path, process.cwd())];
}

/** Unsound scenarios stay: planning them says what is wrong. */
function keep(entries: readonly ScenarioEntry[], flags: SelectionFlags, kind: Kind | null): ScenarioEntry[] {
  const wanted = flags.tag ?? [];
  return entries.filter(
    (entry) =>
      (kind === null || entry.kind === null || entry.kind === kind) &&
      wanted.every((tag) => entry.tags.includes(tag)),
  );
}

/** What a word means: of several (a folder), those of the kind; one that was named is kept, and refused later. */
function keepNamed(
  entries: readonly ScenarioEntry[],
  flags: SelectionFlags,
  kind: Kind | null,
): ScenarioEntry[] {
  return entries.length === 1 ? keep(entries, flags, null) : keep(entries, flags, kind);
}

/** Paths below the working folder are shown relative to it. */
function sourceOf({ file }: ScenarioEntry): ScenarioSource {
  const shown = relative(process.cwd(), file);
  return { file: shown.startsWith('..') ? file : shown };
}

export function planSource(
  source: ScenarioSource,
  { profile, seed, maxRate, maxConnections, searchTo, workers, for: forNs, warmup: warmupNs }: SelectionFlags,
): Promise<BenchPlan | LoadPlan> {
  const times = { forNs, warmupNs };
  const limits = { maxRatePerSecond: maxRate, maxConnections, searchToRatePerSecond: searchTo };
  const overrides = { ...times, ...limits, workers };
  return plan(source, { profile, overrides, ...(seed !== undefined && { seed }) });
}

/** Anything with a scheme, or a host and port: the planner says what is wrong with one that is no http URL. */
export function isUrl(word: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:\/\//i.test(word) ||
    /^(localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\])(:\d+)?(\/|$)/i.test(word)
  );
}

function looksLikePath(word: string): boolean {
  return /^[./]|\.(ya?ml|[cm]?[jt]s)$/.test(word);
}

/** What the URL form says of its one phase and one request. */
export type UrlFlags = RequestFlags & ConnectionFlags & Pick<LoadFlags, 'duration' | 'rate' | 'requests'>;

export function urlSource(url: string, flags: UrlFlags): ScenarioSource {
  const scenario = loadScenarioFromUrl(url, {
    connections: flags.connections,
    durationNs: flags.duration,
    rate: flags.rate,
    requests: flags.requests,
    method: flags.method,
    headers: (flags.header ?? []).map(parseHeader),
    body: flags.body === undefined ? undefined : readBody(flags.body),
    timeoutNs: flags.timeout,
    tls: tlsOf(flags),
    http2: flags.http2,
    perConnection: flags.pipelining,
    newConnections: flags.keepalive === false,
  });
  return { file: null, scenario };
}

function tlsOf({
  insecure,
  ca,
  cert,
  key,
}: ConnectionFlags): NonNullable<Parameters<typeof loadScenarioFromUrl>[1]>['tls'] {
  if (insecure === undefined && ca === undefined && cert === undefined && key === undefined) return undefined;
  return {
    ...(insecure !== undefined && { insecure }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

function parseHeader(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1)
    throw new PerfkitError('usage', `expected a header as "Name: value" after -H, got "${text}"`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function readBody(text: string): string {
  if (!text.startsWith('@')) return text;
  const file = resolve(text.slice(1));
  let bytes: Buffer;
  try {
    const { size } = statFile(file);
    if (size > maxBodyBytes) throw new RangeError(`it has ${size} bytes, at most ${maxBodyBytes} are sent`);
    bytes = readFileSync(file);
  } catch (error) {
    throw new PerfkitError('usage', `cannot read the body from ${text.slice(1)}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (!isUtf8(bytes)) {
    throw new PerfkitError(
      'usage',
      `the body in ${text.slice(1)} is not UTF-8 text: only text can be sent yet`,
    );
  }
  return bytes.toString();
}

const maxBodyBytes = 16 * 1024 * 1024;

function statFile(file: string): Stats {
  const info = statSync(file);
  if (!info.isFile()) throw new TypeError('it is no file');
  return info;
}

function tagText(flags: SelectionFlags): string {
  return flags.tag === undefined ? '' : ` with the tag ${flags.tag.join(' and ')}`;
}
