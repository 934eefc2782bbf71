import { PerfkitError } from '../../model/errors.ts';
import { secretNames } from '../../model/secrets.ts';
import { printable } from '../problems/printable.ts';
import { isLoopback, parseOrigin } from '../scenario/parse-origin.ts';
import { chooseOrigin } from './choose-origin.ts';
import { collectFlows } from './collect-flows.ts';
import { importers } from './index.ts';
import type { ImportFormat } from './index.ts';
import { LeftOut } from './left-out.ts';
import { SecretBox } from './secret-box.ts';
import { writeScenario } from './write-scenario.ts';
import type { WrittenScenario } from './write-scenario.ts';

export interface ImportOptions {
  readonly format: ImportFormat;
  readonly text: string;
  /** Name of the file, for messages and the heading. */
  readonly file: string;
  /** `api.example` or `api.example:8443`: import the requests to this host. @default the host of the first request */
  readonly host?: string | undefined;
  /** HAR: keep images, fonts, styles and scripts. @default false */
  readonly keepStatic?: boolean | undefined;
}

export interface ImportedScenario {
  /** The text of a `*.perfkit.yaml`. */
  readonly yaml: string;
  readonly steps: number;
  /** What was left out or needs a look. */
  readonly notes: readonly string[];
  /** Environment variables that it needs. */
  readonly secrets: readonly string[];
}

/**
 * A load scenario from recorded or described requests to one host. Credentials become `${secret:NAME}`; their values
 * are not in the result. Throws PerfkitError when the text is not what `format` says or nothing in it can be loaded.
 */
export function importLoadScenario(options: ImportOptions): ImportedScenario {
  const { format, text, file, keepStatic = false } = options;
  const secrets = new SecretBox(text);
  const imported = importers[format]({ text, file: printable(file), secrets, keepStatic });
  const leftOut = new LeftOut();
  const origin = chooseOrigin(imported, options, leftOut);
  const flows = collectFlows(imported, origin, secrets, leftOut);
  const steps = flows.reduce((sum, flow) => sum + flow.steps.length, 0);
  if (steps === 0) {
    const why = [...leftOut.sentences(), ...imported.notes].join('\n  ');
    throw new PerfkitError(
      'scenario',
      `${printable(file)}: no request to import is left${why === '' ? '' : `:\n  ${why}`}`,
    );
  }
  const needed = secretNames(flows);
  const notes = [...imported.notes, ...leftOut.sentences()];
  const about = {
    heading: `Written by perfkit init load --from ${format}: ${steps} ${steps === 1 ? 'request' : 'requests'} to ${origin.origin}.`,
    notes: [...notes, ...secretNotes(needed)],
    name: scenarioName(imported.title ?? origin.host),
    target: targetOf(origin),
    flows,
  };
  return { yaml: writeScenario(about), steps, notes, secrets: needed };
}

function targetOf({ origin, hostname }: URL): WrittenScenario['target'] {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (typeof parseOrigin(origin) !== 'string')
    return { http: origin, host: isLoopback(host) ? null : host, comment: null };
  const comment = `The requests went to ${origin}, which perfkit cannot load yet: BASE_URL names the server to load.`;
  return { http: 'http://127.0.0.1:8080', host: null, comment };
}

function secretNotes(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `Secrets are not in this file. Before a run: export ${names.join(', ')}. Each is sent as it is: percent-encode it where it stands in a path or a form.`,
  ];
}

function scenarioName(title: string): string {
  return (
    title
      .replace(/[^A-Za-z\d._/-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 80) || 'imported'
  );
}
