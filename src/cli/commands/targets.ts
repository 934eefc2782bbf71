import type { Command } from 'commander';

export function addTargets(program: Command): void {
  program
    .command('targets')
    .description('List the targets of every built-in scenario with the document they come from.')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', '\nExample:\n  perfkit targets --json')
    .action(async (flags: { readonly json?: boolean }) => {
      const { builtInScenarios, findScenarios } = await import('../../index.ts');
      const entries = await findScenarios([builtInScenarios]);
      const targets = entries.flatMap((entry) =>
        entry.targets.map((target) => ({ scenario: entry.path, ...target })),
      );
      const lines = targets.map(
        ({ id, scenario, expr, source }) =>
          `${(id ?? '-').padEnd(4)}  ${scenario}\n      ${expr}${source === null ? '' : `\n      ${source}`}`,
      );
      process.stdout.write(flags.json === true ? `${JSON.stringify(targets)}\n` : `${lines.join('\n')}\n`);
    });
}
