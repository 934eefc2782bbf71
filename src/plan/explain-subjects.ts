import { printable } from './problems/printable.ts';
import type { LoadPlan, LoadSubjectPlan } from '../model/plan.ts';

/** The variants of a server for people: a name and what it is, then how often each is run; empty without variants. */
export function explainSubjects({
  subjects,
  rounds = 1,
  reference,
}: LoadPlan): (readonly [label: string, text: string])[] {
  if (subjects === undefined) return [];
  const times = rounds === 1 ? 'once' : `${rounds} times`;
  return [
    ...subjects.map((subject): readonly [string, string] => [
      printable(subject.name),
      describe(subject) + (subject.name === reference ? '  (reference)' : ''),
    ]),
    ['rounds', `all phases against each ${times}, in changing order, one server at a time`],
  ];
}

function describe({ target, process }: LoadSubjectPlan): string {
  const { origin, builtin, options = {} } = target;
  const given = Object.keys(options).length === 0 ? '' : ` with ${printable(JSON.stringify(options), 200)}`;
  if (builtin !== null) return `a new process of the built-in server ${builtin}${given}`;
  return `${origin}${process === undefined ? '' : `, process ${process}`}`;
}
