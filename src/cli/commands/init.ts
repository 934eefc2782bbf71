import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { PerfkitError } from '../../model/errors.ts';
import type { ImportFormat } from '../../index.ts';
import type { InitCiFlags } from '../ci/init-ci.ts';

interface InitFlags extends InitCiFlags {
  readonly from?: ImportFormat;
  readonly host?: string;
  readonly static?: boolean;
}

export function addInit(program: Command): void {
  program
    .command('init')
    .description(
      'Write a scenario (one to start from, or from recorded or described requests), or a pipeline that runs them.',
    )
    .addArgument(new Argument('<kind>', 'what to write').choices(['bench', 'load', 'ci']))
    .argument(
      '[file...]',
      'with --from: the file to read, - for standard input; of ci: scenario files or folders (default: all here)',
    )
    .addOption(
      new Option(
        '--from <format>',
        'make a load scenario from an HTTP archive, an OpenAPI 3 description or curl commands',
      ).choices(['har', 'openapi', 'curl']),
    )
    .option('--host <host>', 'with --from: import the requests to this host (default: the first one named)')
    .option('--static', 'with --from har: keep images, fonts, styles and scripts')
    .option('--github', 'ci: a workflow of GitHub Actions, in .github/workflows/perfkit.yml')
    .option('--gitlab', 'ci: a pipeline of GitLab, in .gitlab-ci.yml')
    .option(
      '--compare',
      'ci: also compare the benches with the base of a pull request (perfkit bench --refs)',
    )
    .option('-o, --output <file>', 'write to this file instead of stdout; ci: instead of the usual one')
    .option('--force', 'overwrite the file')
    .addHelpText('after', examples)
    .action(async (kind: 'bench' | 'load' | 'ci', files: readonly string[], flags: InitFlags) => {
      checkFlags(kind, files, flags);
      if (kind === 'ci') {
        const { initCi } = await import('../ci/init-ci.ts');
        process.stderr.write(await initCi(files, flags));
        return;
      }
      const [file] = files;
      const { importLoadScenario, readImportText, starters } = await import('../../index.ts');
      if (flags.from === undefined || file === undefined) {
        await write(starters[kind], flags);
        return;
      }
      const text = await readImportText(file);
      const name = file === '-' ? 'standard input' : file;
      const { from: format, host, static: keepStatic } = flags;
      const { yaml, steps, notes, secrets } = importLoadScenario({
        format,
        text,
        file: name,
        host,
        keepStatic,
      });
      await write(yaml, flags);
      for (const note of notes) process.stderr.write(`${note}\n`);
      if (secrets.length > 0) process.stderr.write(`Before a run: export ${secrets.join(', ')}\n`);
      process.stderr.write(
        `${steps} ${steps === 1 ? 'step' : 'steps'}${flags.output === undefined ? '' : ` in ${flags.output}`}\n`,
      );
    });
}

const examples = `
With --from, credentials in headers, cookies, parameters and bodies become \${secret:NAME}: their values are not written.

Examples:
  perfkit init bench -o my.perfkit.yaml
  perfkit init load
  perfkit init load --from har site.har -o site.perfkit.yaml      saved by a browser: Network, Export HAR
  perfkit init load --from openapi api.yaml --host api.example
  pbpaste | perfkit init load --from curl -                       "Copy as cURL (bash)"
  perfkit init ci --github                                        every scenario here gates each pull request
  perfkit init ci --github bench --compare                        and the benches also compare it with its base`;

function checkFlags(kind: 'bench' | 'load' | 'ci', files: readonly string[], flags: InitFlags): void {
  const fault = kind === 'ci' ? faultForCi(flags) : faultForScenario(kind, files, flags);
  if (fault !== null) throw new PerfkitError('usage', fault);
}

function faultForCi({ from, host, static: keepStatic, output }: InitFlags): string | null {
  if (from !== undefined || host !== undefined || keepStatic === true)
    return '--from, --host and --static make load scenarios: perfkit init load --from';
  return output === undefined || /\.ya?ml$/.test(output)
    ? null
    : `expected a name that ends in .yml after -o, got ${JSON.stringify(output.slice(0, 100))}`;
}

function faultForScenario(
  kind: 'bench' | 'load',
  [file, second]: readonly string[],
  flags: InitFlags,
): string | null {
  const { from, host, static: keepStatic, output, force } = flags;
  if (flags.github === true || flags.gitlab === true || flags.compare === true)
    return '--github, --gitlab and --compare go with perfkit init ci';
  if (second !== undefined) return `expected one file, got ${JSON.stringify(second.slice(0, 100))} too`;
  return from !== undefined && kind === 'bench'
    ? '--from makes load scenarios: perfkit init load --from'
    : from !== undefined && file === undefined
      ? `expected a file after --from ${from}, or - for standard input`
      : from === undefined && file !== undefined
        ? `expected --from har, openapi or curl, to say what ${JSON.stringify(file.slice(0, 100))} is`
        : from === undefined && host !== undefined
          ? '--host goes with --from'
          : keepStatic === true && from !== 'har'
            ? '--static goes with --from har'
            : force === true && output === undefined
              ? '--force goes with -o FILE'
              : output !== undefined && !/\.ya?ml$/.test(output)
                ? `expected a name that ends in .perfkit.yaml after -o, got ${JSON.stringify(output.slice(0, 100))}`
                : null;
}

async function write(yaml: string, { output, force }: InitFlags): Promise<void> {
  if (output === undefined) {
    process.stdout.write(yaml);
    return;
  }
  const { writeNewFile } = await import('../write-new-file.ts');
  await writeNewFile(output, yaml, { force: force === true });
}
