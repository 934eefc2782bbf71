import { expected } from '../internal/option-checks.ts';

/** Most important first. */
export const priorities = ['critical', 'high', 'medium', 'low'] as const;

export type Priority = (typeof priorities)[number];

const levels: Readonly<Record<Priority, number>> = { critical: 0, high: 1, medium: 2, low: 3 };

/** That of an item which says none. */
export const mediumLevel = levels.medium;

/** 0 is the most important. Throws TypeError on a name that is none. */
export function levelOf(priority: Priority | undefined): number {
  if (priority === undefined) return mediumLevel;
  const level: number | undefined = levels[priority];
  if (level !== undefined) return level;
  throw new TypeError(expected('priority', priorities.map((name) => `"${name}"`).join(', '), priority));
}
