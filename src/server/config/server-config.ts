import type { QuantityName } from './quantities.ts';
import type { Preset, Profile } from './setting.ts';
import type { SwitchName } from './switches.ts';
import type { TextName } from './texts.ts';

/** A number, a switch or a text. */
export type SettingName = QuantityName | SwitchName | TextName;

/** What a server was told, with every default filled in. Plain data: it can be sent to a thread. */
export type ServerConfig = Readonly<Record<QuantityName, number>> &
  Readonly<Record<SwitchName, boolean>> &
  Readonly<Record<TextName, string>>;

/** Who had the last word on a setting. */
export type SettingSource = 'default' | `profile ${Profile}` | `preset ${Preset}` | 'option' | 'environment';

/** The configuration and where each of its values came from. */
export interface ResolvedConfig {
  readonly profile: Profile;
  readonly preset: Preset | null;
  readonly config: ServerConfig;
  readonly sources: ReadonlyMap<SettingName, SettingSource>;
}
