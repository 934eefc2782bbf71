import { parseArm, parseRefs } from '../../index.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { ArmSources, Build } from '../../index.ts';
import type { VersionFlags } from './version-options.ts';

/** The two versions that the flags name. Throws PerfkitError when they name too few or too many. */
export function armSources({ refs, base, head, baseline, saveBaseline }: VersionFlags): ArmSources {
  if (baseline !== undefined || saveBaseline !== undefined) {
    throw new PerfkitError(
      'usage',
      '--baseline and --save-baseline compare results of one version each: two versions are compared without them',
    );
  }
  if (refs === undefined) {
    if (base === undefined)
      throw new PerfkitError('usage', '--head needs --base: the version that it is compared with');
    return { base: parseArm(base, '--base'), head: parseArm(head ?? '.', '--head') };
  }
  if (base !== undefined || head !== undefined)
    throw new PerfkitError('usage', '--refs A..B is short for --base A --head B: give one of the two');
  return parseRefs(refs);
}

export function buildOf(flag: string | undefined): Build {
  if (flag === undefined) return { kind: 'script' };
  return flag === 'none' ? { kind: 'none' } : { kind: 'command', command: flag };
}
