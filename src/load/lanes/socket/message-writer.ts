import { jsonEscape, revealSecrets } from '../../../model/secrets.ts';
import type { SendPlan } from '../../../model/stream-plan.ts';

/** The `iteration`-th message of a socket, ready to send. */
export type MessageWriter = (iteration: number) => string | Uint8Array;

const mark = '${iteration}';

/** Secrets are put in here. A message that is the same each time is made once. */
export function createMessageWriter(
  plan: SendPlan,
  env: Readonly<Record<string, string | undefined>>,
): MessageWriter {
  if (plan.format === 'binary') {
    // not all zeros, which would compress to nothing
    const bytes = Uint8Array.from({ length: plan.binaryBytes }, (_, index) => (index * 151 + 7) & 0xff);
    return () => bytes;
  }
  const escape = plan.format === 'json' ? jsonEscape : undefined;
  const pieces = plan.text.split(mark).map((piece) => revealSecrets(piece, env, escape));
  const [first = ''] = pieces;
  if (pieces.length === 1) return () => first;
  return (iteration) => pieces.join(String(iteration));
}
