import type { z } from 'zod';
import type { StepPlan } from '../../model/plan.ts';
import type { Path } from '../problems/problem.ts';
import type { auth } from '../scenario/exchange-schema.ts';
import type { PlanContext } from './plan-context.ts';

export interface WrittenAuth {
  readonly auth: z.infer<typeof auth> | undefined;
  readonly at: Path;
  /** Sent with it: one of them must not say the same. */
  readonly headers: { readonly names: readonly string[]; readonly at: Path };
}

/** What is sent as `Authorization`; reports what is wrong. */
export function resolveAuth(
  { auth: written, at, headers }: WrittenAuth,
  context: PlanContext,
): Pick<StepPlan, 'basicAuth' | 'bearer'> {
  if (written === undefined) return {};
  const own = headers.names.find((name) => name.toLowerCase() === 'authorization');
  if (own !== undefined)
    context.report([...headers.at, own], 'expected either this header or `auth`, got both');
  const { basic, bearer } = written;
  if ((basic === undefined) === (bearer === undefined))
    context.report(
      at,
      `expected either \`basic\` or \`bearer\`, got ${basic === undefined ? 'neither' : 'both'}`,
    );
  if (bearer !== undefined) return { bearer };
  const { user = '', password = '' } = basic ?? {};
  if (user.replaceAll(/\$\{[^}]*\}/g, '').includes(':'))
    context.report([...at, 'basic', 'user'], 'a user name holds no colon (RFC 7617)');
  return { basicAuth: { user, password } };
}
