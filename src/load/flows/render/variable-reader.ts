import { formatVariable } from '../../../model/template.ts';
import { keyOf, keyedRandom } from '../../../measure/keyed-random.ts';
import type { Variable } from '../../../model/template.ts';
import type { CapturedValue, Session } from '../session.ts';
import type { CompileContext } from '../compile-context.ts';

/** Reads a variable in a session; where it has no value, `session.fault` says so. */
export function variableReader(
  variable: Variable,
  context: CompileContext,
): (session: Session) => CapturedValue {
  switch (variable.kind) {
    case 'captured':
      return capturedReader(variable.name, context);
    case 'data':
      return dataReader(variable.source, variable.column, context);
    case 'iteration':
      return (session) => numberValue(session.iteration);
    case 'user':
      return (session) => numberValue(session.user);
    case 'random':
      return randomReader(variable.min, variable.max, context);
    case 'uuid':
      return uuidReader(context);
    default:
      return () => none;
  }
}

const none: CapturedValue = { text: '', json: null };

function numberValue(value: number): CapturedValue {
  const text = String(value);
  return { text, json: text };
}

function capturedReader(name: string, { slots }: CompileContext): (session: Session) => CapturedValue {
  const slot = slots.get(name) ?? -1;
  const label = formatVariable({ kind: 'captured', name });
  return (session) => {
    const value = session.captured[slot];
    if (value !== null && value !== undefined) return value;
    session.fault ??= { failure: 'variable', detail: `${label} has no value: no step has captured it` };
    return none;
  };
}

function dataReader(
  source: string,
  column: string,
  { sources }: CompileContext,
): (session: Session) => CapturedValue {
  const index = sources.indexOf(source);
  const label = formatVariable({ kind: 'data', source, column });
  return (session) => {
    const row = session.rows[index];
    const value = row?.read(column) ?? null;
    if (value !== null) return value;
    session.fault ??= {
      failure: 'variable',
      detail: `${label} has no value${row === null || row === undefined ? '' : ` in ${row.place}`}`,
    };
    return none;
  };
}

function randomReader(
  min: number,
  max: number,
  context: CompileContext,
): (session: Session) => CapturedValue {
  const keys = phaseKeys(context, `random ${min}-${max}`);
  const count = max - min + 1;
  return (session) => {
    const drawn = keyedRandom(keys[session.phase] ?? 0, session.user, session.draws++);
    return numberValue(min + Math.floor(drawn * count));
  };
}

/** Version 4 (RFC 9562, section 5.4), from four words that are drawn with keys of their own. */
function uuidReader(context: CompileContext): (session: Session) => CapturedValue {
  const keys = [0, 1, 2, 3].map((word) => phaseKeys(context, `uuid ${word}`));
  return (session) => {
    const draw = session.draws++;
    const [a = '', b = '', c = '', d = ''] = keys.map((of) =>
      hex8(keyedRandom(of[session.phase] ?? 0, session.user, draw) * 2 ** 32),
    );
    const variant = ((Number.parseInt(c[0] ?? '0', 16) & 3) | 8).toString(16);
    const text = `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
    return { text, json: null };
  };
}

/** Users of different phases have the same numbers, and must not draw the same values. */
function phaseKeys({ plan }: CompileContext, purpose: string): readonly number[] {
  return plan.phases.map(({ name }) => keyOf(plan.scenario.seed, `${purpose} in phase ${name}`));
}

function hex8(word: number): string {
  return word.toString(16).padStart(8, '0');
}
