import type { Command } from 'commander';
import { exitCodes } from '../../model/errors.ts';
import { listenForInterrupt } from '../interrupt.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Show what this machine can measure, and check perfkit against known latencies.')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
Runs a subject with a known latency distribution and a local server with known delays (a fixed 5 ms; a stall of
1 s in every 5 s). Reported percentiles must match the known ones within 1 % + 100 us. Takes about half a minute.
Exit code 5 when they do not: numbers measured here cannot be trusted now.`,
    )
    .action(async (flags: { readonly json?: boolean }) => {
      const { formatDoctor, runDoctor } = await import('../../index.ts');
      const interrupt = listenForInterrupt();
      try {
        const findings = await runDoctor(interrupt.signal, (label) => {
          if (process.stderr.isTTY) process.stderr.write(`${label} ...\n`);
        });
        process.stdout.write(flags.json === true ? `${JSON.stringify(findings)}\n` : formatDoctor(findings));
        const sound = findings.checks.every((check) => check.pass);
        process.exitCode = interrupt.exitCode() ?? (sound ? exitCodes.pass : exitCodes.invalid);
      } finally {
        interrupt.dispose();
      }
    });
}
