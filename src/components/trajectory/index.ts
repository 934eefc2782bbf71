export { CorruptTrajectoryError } from './corrupt-trajectory-error.ts';
export { decodeTrajectory, encodeTrajectory } from './trajectory.ts';
export type { DecodeOptions } from './trajectory.ts';
