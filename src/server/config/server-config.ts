import type { QuantityName } from './quantities.ts';
import type { Preset, Profile } from './setting.ts';
import type { SwitchName } from './switches.ts';

/** What a server was told, with every default filled in. Plain data: it can be sent to a thread. */
export type ServerConfig = Readonly<Record<QuantityName, number>> & Readonly<Record<SwitchName, boolean>>;

/** Who had the last word on a setting. */
export type SettingSource = 'default' | `profile ${Profile}` | `preset ${Preset}` | 'option' | 'environment';

/** The configuration and where each of its values came from. */
export interface ResolvedConfig {
  readonly profile: Profile;
  readonly preset: Preset | null;
  readonly config: ServerConfig;
  readonly sources: ReadonlyMap<QuantityName | SwitchName, SettingSource>;
}
