import type { Random } from '../measure/random.ts';
import type { PairedSlot } from '../model/paired.ts';
import type { SlotKind } from './series-table.ts';

export interface PlannedSlot {
  readonly kind: SlotKind;
  /** Of its kind, from 0. */
  readonly index: number;
  readonly order: PairedSlot['order'];
}

/** After every second pair comes a control. */
const pairsPerControl = 2;

/**
 * The slots up to the last pair, in the order in which they are run: every third one is a control, in which the base
 * stands for both sides. Which side goes first is a coin of the seed's, so that whatever favours the first favours
 * neither.
 */
export function planSlots(pairs: number, random: Random): PlannedSlot[] {
  const coin = random.fork('order of the sides');
  const order = (): PairedSlot['order'] => (coin.int(2) === 0 ? 'base first' : 'head first');
  return Array.from({ length: pairs }, (_, index) => index).flatMap((index): PlannedSlot[] => {
    const pair = { kind: 'pair', index, order: order() } as const;
    if ((index + 1) % pairsPerControl !== 0) return [pair];
    return [pair, { kind: 'control', index: (index + 1) / pairsPerControl - 1, order: order() }];
  });
}
