import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addReport } from '../../src/cli/commands/report.ts';
import { addRunOptions } from '../../src/cli/options.ts';
import { toReporterName } from '../../src/cli/report-files.ts';
import { folderReporters, reporters } from '../../src/report/index.ts';

const names = [...Object.keys(reporters), ...Object.keys(folderReporters)];

/** The help names them by itself, so that it needs no reporter loaded. */
function optionHelp(command: Command | undefined, flag: string): string {
  return command?.options.find(({ long }) => long === flag)?.description ?? '';
}

test('the help of report names every format, and that of a run every reporter that is not always written', () => {
  const program = new Command();
  addReport(program);
  const formats = optionHelp(program.commands[0], '--format');
  const written = optionHelp(addRunOptions(new Command(), 'quick'), '--reporter');
  for (const name of names) {
    assert.match(formats, new RegExp(`(?:^| )${name}(?:,|$| )`), name);
    const always = name === 'json' || name === 'markdown';
    assert.equal(new RegExp(`[( ]${name}[,)]`).test(written), !always, name);
  }
});

test('a name that is no reporter is refused, with those that there are', () => {
  assert.equal(toReporterName('hgrm', '--reporter'), 'hgrm');
  for (const name of ['toString', '__proto__', '', 'JUNIT'])
    assert.throws(
      () => toReporterName(name, '--format'),
      /expected one of terminal, .*, hgrm after --format, got/,
    );
});
