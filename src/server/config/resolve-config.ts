import { PerfkitError } from '../../model/errors.ts';
import { quantities, quantityNames } from './quantities.ts';
import type { QuantityName } from './quantities.ts';
import type { ResolvedConfig, ServerConfig, SettingName, SettingSource } from './server-config.ts';
import { presets, profiles } from './setting.ts';
import type { Preset, Profile, Quantity } from './setting.ts';
import { optionName } from './option-name.ts';
import { multiplied, parseQuantity, parseSwitch } from './setting-values.ts';
import { switches, switchNames } from './switches.ts';
import type { SwitchName } from './switches.ts';
import { textNames, texts } from './texts.ts';
import type { Text, TextName } from './texts.ts';

export interface ConfigInput {
  /** @default PERFKIT_PROFILE, else 'default' */
  readonly profile?: string | undefined;
  /** @default PERFKIT_PRESET, else none */
  readonly preset?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Texts as given on the command line. They win over the environment, which wins over preset and profile. */
  readonly options?: Readonly<Partial<Record<SettingName, string | boolean>>>;
}

/**
 * The effective configuration. Throws one PerfkitError that names every profile, preset, variable and option that is
 * wrong, what it may be and what it was.
 */
export function resolveConfig(input: ConfigInput = {}): ResolvedConfig {
  const problems: string[] = [];
  const profile = chosen('profile', input, profiles, problems) ?? 'default';
  const preset = chosen('preset', input, presets, problems) ?? null;
  const sources = new Map<SettingName, SettingSource>();
  const numbers: Partial<Record<QuantityName, number>> = {};
  for (const name of quantityNames) {
    const given = told(name, quantities[name].env, input);
    const standard = standardOf(quantities[name], profile, preset);
    numbers[name] = standard.value;
    sources.set(name, given?.source ?? standard.source);
    if (given === null) continue;
    const value = parseQuantity(quantities[name], given.text);
    if (typeof value === 'number') numbers[name] = value;
    else problems.push(problem(given, value.expected));
  }
  const states: Partial<Record<SwitchName, boolean>> = {};
  for (const name of switchNames) {
    const given = told(name, switches[name].env, input);
    const state = given === null ? switches[name].default : parseSwitch(given.text);
    states[name] = state ?? switches[name].default;
    sources.set(name, given?.source ?? 'default');
    if (given !== null && state === null) problems.push(problem(given, 'on or off'));
  }
  const words: Partial<Record<TextName, string>> = {};
  for (const name of textNames) {
    const text: Text = texts[name];
    const given = told(name, text.env, input);
    words[name] = given?.text.trim() ?? text.default;
    sources.set(name, given?.source ?? 'default');
    if (given !== null && !text.isGood(given.text.trim())) {
      problems.push(text.isSecret ? secretProblem(given, text.expected) : problem(given, text.expected));
    }
  }
  if (problems.length > 0) throw new PerfkitError('usage', problems.join('\n'));
  const config = { ...numbers, ...states, ...words };
  if (!isComplete(config)) throw new Error('Expected every setting to have a value');
  return { profile, preset, config, sources };
}

interface Given {
  readonly where: string;
  readonly text: string;
  readonly source: 'option' | 'environment';
}

function told(name: SettingName, env: string, { options = {}, environment = {} }: ConfigInput): Given | null {
  const option = options[name];
  if (option !== undefined) return { where: `--${optionName(name)}`, text: String(option), source: 'option' };
  const variable = environment[env];
  // Set to nothing means not set, as in `MAX_BATCH_SIZE= perfkit serve`.
  if (variable === undefined || variable.trim() === '') return null;
  return { where: `environment variable ${env}`, text: variable, source: 'environment' };
}

function standardOf(
  quantity: Quantity,
  profile: Profile,
  preset: Preset | null,
): { readonly value: number; readonly source: SettingSource } {
  const own = quantity.profiles?.[profile];
  const base = own ?? quantity.default;
  const factor = preset === null ? undefined : quantity.presets?.[preset];
  if (preset !== null && factor !== undefined) {
    return { value: multiplied(quantity, base, factor), source: `preset ${preset}` };
  }
  return { value: base, source: own === undefined ? 'default' : `profile ${profile}` };
}

function problem({ where, text }: Given, expected: string): string {
  return `${where}: expected ${expected}, got ${JSON.stringify(text.slice(0, 80))}`;
}

/** A password may be anywhere in what is no address. */
function secretProblem({ where, text }: Given, expected: string): string {
  return `${where}: expected ${expected}, got something else of ${text.length} characters`;
}

/** By option or by PERFKIT_PROFILE and PERFKIT_PRESET; undefined when neither says anything, or nothing known. */
function chosen<T extends string>(
  what: 'profile' | 'preset',
  input: ConfigInput,
  known: readonly T[],
  problems: string[],
): T | undefined {
  const env = `PERFKIT_${what.toUpperCase()}`;
  const variable = input.environment?.[env];
  const value = input[what] ?? (variable === '' ? undefined : variable);
  if (value === undefined) return undefined;
  const found = known.find((name) => name === value);
  if (found === undefined) {
    const where = input[what] === undefined ? `environment variable ${env}` : `--${what}`;
    problems.push(`${where}: expected one of ${known.join(', ')}, got ${JSON.stringify(value.slice(0, 80))}`);
  }
  return found;
}

function isComplete(config: Partial<ServerConfig>): config is ServerConfig {
  return [...quantityNames, ...switchNames, ...textNames].every((name) => config[name] !== undefined);
}
