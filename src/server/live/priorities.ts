/** How urgent a message to subscribers is: high ones are sent at once, the others may wait for company. */
export const livePriorities = ['high', 'medium', 'low'] as const;
export type LivePriority = (typeof livePriorities)[number];
