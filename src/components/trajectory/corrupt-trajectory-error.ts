/** The bytes are not one complete encoded trajectory, or claim to hold more than the reader allows. */
export class CorruptTrajectoryError extends Error {
  constructor(problem: string, atByte: number) {
    super(`Expected the bytes of one encoded trajectory, got ${problem} (at byte ${atByte}).`);
    this.name = 'CorruptTrajectoryError';
  }
}
