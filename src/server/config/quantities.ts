import { alertQuantities } from './alert-quantities.ts';
import { instanceQuantities } from './instance-quantities.ts';
import { limitQuantities } from './limit-quantities.ts';
import { optimizationQuantities } from './optimization-quantities.ts';
import { upkeepQuantities } from './upkeep-quantities.ts';

/**
 * Every number that the server can be told: options, environment variables, profiles, presets, what is printed at the
 * start and what errors say are all made of this table.
 */
export const quantities = {
  ...optimizationQuantities,
  ...upkeepQuantities,
  ...alertQuantities,
  ...limitQuantities,
  ...instanceQuantities,
};

export type QuantityName = keyof typeof quantities;

export const quantityNames: readonly QuantityName[] = Object.keys(quantities).filter(isQuantity);

function isQuantity(name: string): name is QuantityName {
  return Object.hasOwn(quantities, name);
}
