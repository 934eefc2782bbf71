import { quantities, quantityNames } from './quantities.ts';
import type { ResolvedConfig } from './server-config.ts';
import { printQuantity } from './setting-values.ts';
import { switches, switchNames } from './switches.ts';
import { textNames, texts } from './texts.ts';

/** The effective configuration, a setting a line: its variable, value, and who said so if it is not the default. */
export function printConfig({ profile, preset, config, sources }: ResolvedConfig): string {
  const rows = [
    ...switchNames.map((name) => ({ name, env: switches[name].env, value: config[name] ? 'on' : 'off' })),
    ...quantityNames.map((name) => ({
      name,
      env: quantities[name].env,
      value: printQuantity(quantities[name], config[name]),
    })),
    ...textNames.map((name) => ({ name, env: texts[name].env, value: texts[name].print(config[name]) })),
  ];
  const width = Math.max(...rows.map(({ env }) => env.length));
  const lines = rows.map(({ name, env, value }) => {
    const source = sources.get(name) ?? 'default';
    return `  ${env.padEnd(width)}  ${source === 'default' ? value : `${value.padEnd(10)}  (${source})`}\n`;
  });
  return `configuration: profile ${profile}${preset === null ? '' : `, preset ${preset}`}\n${lines.join('')}`;
}
