import { formatRatio } from '../../model/units.ts';
import type { Validity } from '../../model/result.ts';

/** A thread this busy has no time left: what it measures is also its own speed. */
const saturatedCpu = 0.95;

export interface AutocannonEvidence {
  readonly phase: string;
  readonly cpu: number;
  /** Failures by class. */
  readonly errors: ReadonlyMap<string, number>;
}

/** How far autocannon's numbers can be trusted, by what its thread used and ran out of in the measured phases. */
export function judgeAutocannon(evidence: readonly AutocannonEvidence[]): Validity {
  const suspect: string[] = [];
  const invalid: string[] = [];
  for (const { phase, cpu, errors } of evidence) {
    const descriptors = errors.get('file_descriptors') ?? 0;
    const ports = errors.get('address_unavailable') ?? 0;
    if (cpu > saturatedCpu) {
      suspect.push(
        `phase ${phase}: autocannon was the limit (its thread used ${formatRatio(cpu)} of a core); the server may be faster than this`,
      );
    }
    if (descriptors > 0)
      invalid.push(`phase ${phase}: autocannon ran out of file descriptors (${descriptors} times)`);
    if (ports > 0) invalid.push(`phase ${phase}: autocannon ran out of local ports (${ports} times)`);
  }
  const reasons = [...invalid, ...suspect];
  return {
    state: invalid.length > 0 ? 'invalid' : suspect.length > 0 ? 'suspect' : 'valid',
    reasons,
    ...(reasons.length > 0 && { limit: 'generator' as const }),
  };
}
