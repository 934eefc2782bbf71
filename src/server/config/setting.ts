/** Ready-made sets of values for where a server runs; `default` is the documented one. */
export const profiles = ['default', 'development', 'production', 'highLoad'] as const;
export type Profile = (typeof profiles)[number];

/** What to tune for: presets multiply the values of the profile. */
export const presets = ['high-traffic', 'low-latency', 'memory'] as const;
export type Preset = (typeof presets)[number];

/** What the number of a quantity counts. Written with its unit (`5s`, `64KiB`, `70%`) or bare: milliseconds, bytes, a ratio. */
export type SettingUnit = 'count' | 'ms' | 'bytes' | 'ratio';

/** A setting that is a number. */
export interface Quantity {
  /** Environment variable. */
  readonly env: string;
  readonly unit: SettingUnit;
  readonly default: number;
  readonly profiles?: Readonly<Partial<Record<Profile, number>>>;
  /** Factors on the value of the profile; the result stays within the bounds. */
  readonly presets?: Readonly<Partial<Record<Preset, number>>>;
  readonly min: number;
  readonly max: number;
  readonly help: string;
}

/** A setting that is on or off. */
export interface Switch {
  readonly env: string;
  readonly default: boolean;
  /** What the server does when it is on. */
  readonly help: string;
  /** What it does instead when it is off, where that is not plain. */
  readonly off?: string;
}
