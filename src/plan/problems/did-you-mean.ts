import { nearest } from '../../model/nearest-name.ts';
import { printable } from './printable.ts';

/** `: did you mean \`x\`?`, or the list of what there is when nothing is near, or nothing when there is no choice. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== null) return `: did you mean \`${printable(near)}\`?`;
  if (known.length === 0) return '';
  const shown = known.slice(0, 12).map((name) => `\`${printable(name)}\``);
  return `: expected one of ${shown.join(', ')}${known.length > shown.length ? ', …' : ''}`;
}
