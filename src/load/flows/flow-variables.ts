import { parseTemplate } from '../../model/template.ts';
import type { FlowPlan, StepPlan } from '../../model/plan.ts';

/** Names of captures and of sources of data that the steps of a flow refer to. */
export function flowVariables(flow: FlowPlan): {
  readonly captured: ReadonlySet<string>;
  readonly sources: ReadonlySet<string>;
} {
  const captured = new Set<string>();
  const sources = new Set<string>(flow.call?.data ?? []);
  for (const text of flow.steps.flatMap(textsOf)) {
    for (const { variable } of parseTemplate(text).variables) {
      if (variable.kind === 'captured') captured.add(variable.name);
      if (variable.kind === 'data') sources.add(variable.source);
    }
  }
  return { captured, sources };
}

/** Every text of a step that may hold variables. */
function textsOf({ path, headers, body, content, basicAuth, bearer, expect }: StepPlan): string[] {
  const parts = content?.kind === 'multipart' ? content.parts : [];
  const texts = [...(expect?.headers.map(({ value }) => value) ?? []), ...(expect?.body ?? [])];
  return [
    path,
    ...headers.map(([, value]) => value),
    body ?? '',
    bearer ?? '',
    ...parts.map((part) => ('text' in part ? part.text : '')),
    ...(basicAuth === undefined ? [] : [basicAuth.user, basicAuth.password]),
    ...texts.map((text) => (text.kind === 'matches' ? '' : text.text)),
    ...(expect?.json.map(({ value }) => value) ?? []),
  ];
}
