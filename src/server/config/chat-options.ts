import type { KnownServerOptions } from '../built-in-server.ts';
import { quantities, quantityNames } from './quantities.ts';
import { presets, profiles } from './setting.ts';
import { parseQuantity, parseSwitch } from './setting-values.ts';
import { switchNames } from './switches.ts';
import { textNames, texts } from './texts.ts';

/** What `builtin:chat` can be told in a scenario: its settings by name, a profile and a preset. */
export const chatOptions: KnownServerOptions = {
  names: [...switchNames, ...quantityNames, ...textNames, 'profile', 'preset'],
  expected: (name, value) => {
    const text = String(value);
    const quantity = quantityNames.find((one) => one === name);
    if (quantity !== undefined) {
      const parsed = typeof value === 'boolean' ? null : parseQuantity(quantities[quantity], text);
      if (typeof parsed === 'number') return null;
      return parsed?.expected ?? 'a number';
    }
    const word = textNames.find((one) => one === name);
    if (word !== undefined) return texts[word].isGood(text) ? null : texts[word].expected;
    if (name === 'profile') return oneOf(profiles, text);
    if (name === 'preset') return oneOf(presets, text);
    return parseSwitch(text) === null ? 'true or false' : null;
  },
};

function oneOf(known: readonly string[], text: string): string | null {
  return known.includes(text) ? null : `one of ${known.join(', ')}`;
}
