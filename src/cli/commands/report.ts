import type { Command } from 'commander';
import { PerfkitError } from '../../model/errors.ts';
import { colourLevel } from '../colour.ts';
import type { OtherDocument } from '../read-other.ts';

interface ReportFlags {
  readonly format: string;
  readonly output?: string;
}

export function addReport(program: Command): void {
  program
    .command('report')
    .description('Show a saved result again, in any format, without running anything.')
    .argument('<result>', 'a result.json, the log (.hlog) of a run that was killed, or the folder of a run')
    .option(
      '-f, --format <name>',
      'terminal, markdown, json, pull-request, junit, github, gitlab, code-quality, csv or hgrm',
      'terminal',
    )
    .option('-o, --output <file>', 'write to this file instead of stdout; hgrm: to this folder')
    .addHelpText('after', examples)
    .action(async (path: string, flags: ReportFlags) => {
      const { readResult, reporters, writeFileAtomic } = await import('../../index.ts');
      const { isReporter, toReporterName, writeFolderReport } = await import('../report-files.ts');
      const { sourcePathIn } = await import('../ci/source-path.ts');
      const { readOther } = await import('../read-other.ts');
      const format = toReporterName(flags.format, '--format');
      const other = await readOther(path);
      if (other !== null && !Object.hasOwn(other.formats, format)) throw noFormat(format, other);
      if (!isReporter(format)) {
        if (flags.output === undefined)
          throw new PerfkitError('usage', `${format} is several files: name a folder for them with -o`);
        await writeFolderReport(flags.output, format, await readResult(path));
        return;
      }
      const options = {
        colourLevel: flags.output === undefined ? colourLevel(process.stdout) : 0,
        width: process.stdout.columns ?? 120,
        sourcePath: sourcePathIn(),
      } as const;
      const render = other?.formats[format];
      const text =
        render === undefined ? reporters[format](await readResult(path), options) : render(options);
      if (flags.output === undefined) process.stdout.write(text);
      else await writeFileAtomic(flags.output, text);
    });
}

const examples = `
Formats: markdown is the whole report, pull-request at most 60 kB of it with the details folded; junit: a test case for
each target; github: annotations, for a step of GitHub Actions; gitlab: load performance; code-quality: GitLab's;
csv: every series; hgrm: percentile distributions for HdrHistogram's plotter.

Examples:
  perfkit report reports/2026-11-21T10-15-30-cache-get-4711
  perfkit report result.json --format markdown -o summary.md
  perfkit report reports/my-run --format junit -o junit.xml
  perfkit report reports/my-run --format hgrm -o percentiles`;

function noFormat(format: string, { what, formats }: OtherDocument): PerfkitError {
  return new PerfkitError(
    'usage',
    `${what} is shown as ${Object.keys(formats).join(', ')}, not as ${format}`,
  );
}
