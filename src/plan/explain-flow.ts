import { formatBytes } from '../model/units.ts';
import { printable } from './problems/printable.ts';
import type { DataPlan } from '../model/exchange-plan.ts';
import type { FlowPlan, StepPlan } from '../model/plan.ts';

/** What a step does beside sending its request, each part after a comma; '' for nothing. */
export function explainStep({ body, content, captures, expect, redirects }: StepPlan): string {
  const parts: string[] = [];
  if (body !== null) parts.push(`body ${formatBytes(Buffer.byteLength(body))}`);
  if (content?.kind === 'file')
    parts.push(`body ${printable(content.file.path, 60)} (${formatBytes(content.file.bytes)})`);
  if (content?.kind === 'multipart') parts.push(`${content.parts.length} parts`);
  if (redirects !== undefined) parts.push(`follows ${redirects} redirects`);
  if (expect !== undefined) {
    const count = expect.headers.length + expect.body.length + expect.json.length;
    parts.push(`${count} ${count === 1 ? 'expectation' : 'expectations'}`);
  }
  if (captures !== undefined) parts.push(`captures ${captures.map(({ name }) => name).join(' ')}`);
  return parts.map((part) => `, ${part}`).join('');
}

/** What a flow is apart from its steps. */
export function explainFlowKind({ cookies, call }: FlowPlan): string {
  const kept = cookies === true ? ', cookies are kept' : '';
  return call === undefined ? kept : `, calls ${printable(call.module)}#${call.export}${kept}`;
}

export function explainData({ file, format, bytes, pick }: DataPlan): string {
  const picks = { sequential: 'in turn', random: 'at random', once: 'each row once' } as const;
  return `${printable(file)} (${format}, ${formatBytes(bytes)}), ${picks[pick]}`;
}
