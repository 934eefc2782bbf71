import { createHash } from 'node:crypto';
import { readProjectFile } from './read-project-file.ts';
import { compileTemplate } from './compile-template.ts';
import type { PartPlan } from '../../../model/exchange-plan.ts';
import type { StepPlan } from '../../../model/plan.ts';
import type { CompileContext } from '../compile-context.ts';
import type { Session } from '../session.ts';
import type { Template } from './compile-template.ts';

export interface CompiledBody {
  /** The Content-Type that goes with it, where the format says one. */
  readonly type: string | null;
  readonly fixed: Buffer | null;
  readonly render: (session: Session) => Buffer;
}

/** A step's body; null when it has none. Files are read here, once. Throws PerfkitError when one cannot be read. */
export function compileBody(step: StepPlan, context: CompileContext): CompiledBody | null {
  const { content, body, bodyFormat } = step;
  if (content?.kind === 'file') {
    const fixed = readProjectFile(content.file, context.plan.scenario.folder, `step "${step.name}"`);
    return { type: 'application/octet-stream', fixed, render: () => fixed };
  }
  if (content?.kind === 'multipart') return compileMultipart(step, content.parts, context);
  if (body === null) return null;
  const template = compileTemplate(body, bodyFormat, context);
  const fixed = template.fixed === null ? null : Buffer.from(template.fixed);
  return {
    type: typeOf[bodyFormat],
    fixed,
    render: (session) => fixed ?? Buffer.from(template.render(session)),
  };
}

const typeOf = {
  text: null,
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
} satisfies Record<StepPlan['bodyFormat'], string | null>;

/** multipart/form-data (RFC 7578). */
function compileMultipart(step: StepPlan, parts: readonly PartPlan[], context: CompileContext): CompiledBody {
  const { scenario } = context.plan;
  const boundary = boundaryOf(step, scenario.seed);
  const pieces: (Buffer | Template)[] = [];
  for (const part of parts) {
    pieces.push(Buffer.from(partHead(part, boundary)));
    if ('file' in part) pieces.push(readProjectFile(part.file, scenario.folder, `step "${step.name}"`));
    else pieces.push(compileTemplate(part.text, 'text', context));
    pieces.push(Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  const render = (session: Session | null): Buffer =>
    Buffer.concat(
      pieces.map((piece) => {
        if (Buffer.isBuffer(piece)) return piece;
        return Buffer.from(piece.fixed ?? (session === null ? '' : piece.render(session)));
      }),
    );
  const isFixed = pieces.every((piece) => Buffer.isBuffer(piece) || piece.fixed !== null);
  const fixed = isFixed ? render(null) : null;
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    fixed,
    render: (session) => fixed ?? render(session),
  };
}

function partHead(part: PartPlan, boundary: string): string {
  const name = `form-data; name="${quoted(part.name)}"`;
  const rest = 'file' in part ? `; filename="${quoted(part.filename)}"\r\nContent-Type: ${part.type}` : '';
  return `--${boundary}\r\nContent-Disposition: ${name}${rest}\r\n\r\n`;
}

/** WHATWG HTML, section 4.10.21.8: what would end the quotes or the line is percent-encoded. */
function quoted(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

/** 96 bits that depend on the seed: no content holds them but by intent, and a run sends the same bytes each time. */
function boundaryOf({ name }: StepPlan, seed: number): string {
  return `perfkit-${createHash('sha256').update(`${seed} ${name}`).digest('hex').slice(0, 24)}`;
}
