import type { PairedSettings } from '../../model/paired.ts';

/** What a paired run takes unless it is told otherwise. */
export const pairedDefaults: PairedSettings = {
  threshold: 0.03,
  falseAlarm: 0.01,
  wrongSide: 0.05,
  strict: false,
};
