import { PerfkitError } from '../../../model/errors.ts';
import { printable } from '../../problems/printable.ts';
import { curlOption } from './curl-options.ts';
import type { CurlAction } from './curl-options.ts';
import type { ShellWord } from './shell-words.ts';

/** One value of one option, in the order of the command. */
export interface CurlSetting {
  readonly action: CurlAction;
  readonly value: string;
  readonly line: number;
}

export interface CurlCommand {
  readonly line: number;
  readonly settings: readonly CurlSetting[];
  readonly notes: readonly string[];
}

/** The words after `curl` as settings; `--next` starts another command. Throws PerfkitError for an option that is not known. */
export function parseCurlCommand(words: readonly ShellWord[], file: string): CurlCommand[] {
  const commands: CurlCommand[] = [];
  let settings: CurlSetting[] = [];
  const notes = new Set<string>();
  const line = words[0]?.line ?? 1;
  const queue = words.slice(1);
  const apply = (name: string, shown: string, rest: string | null, at: number): boolean => {
    const option = curlOption(name);
    if (option === null)
      throw new PerfkitError(
        'scenario',
        `${file}:${at}: expected an option of curl that says what is sent, got ${printable(shown, 60)}: remove it`,
      );
    if (option.note !== null) notes.add(`${option.note}.`);
    if (!option.takesValue) {
      if (option.action === 'next') {
        commands.push({ line, settings, notes: [...notes] });
        settings = [];
        notes.clear();
      } else if (option.action !== null) settings.push({ action: option.action, value: '', line: at });
      return false;
    }
    const value = rest ?? queue.shift()?.text;
    if (value === undefined)
      throw new PerfkitError('scenario', `${file}:${at}: expected a value after ${printable(shown, 60)}`);
    if (option.action !== null) settings.push({ action: option.action, value, line: at });
    return true;
  };
  let onlyUrls = false;
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const { text, line: at } = word;
    if (text === '--' && !onlyUrls) onlyUrls = true;
    else if (onlyUrls || !text.startsWith('-') || text === '-')
      settings.push({ action: 'url', value: text, line: at });
    else if (text.startsWith('--')) apply(text.slice(2), text, null, at);
    else applyLetters(text, at, apply);
  }
  commands.push({ line, settings, notes: [...notes] });
  return commands;
}

/** `-sSL`, `-XPOST`: letters, of which the last may have its value right behind it. */
function applyLetters(
  text: string,
  line: number,
  apply: (name: string, shown: string, rest: string | null, line: number) => boolean,
): void {
  for (let index = 1; index < text.length; index++) {
    const rest = text.slice(index + 1);
    if (apply(text[index] ?? '', `-${text[index]}`, rest === '' ? null : rest, line)) return;
  }
}
