import { Option } from 'commander';
import type { Command } from 'commander';
import { addBaselineOptions } from '../baseline/baseline-options.ts';
import {
  addRequestOptions,
  addRunOptions,
  addSafetyOptions,
  durationNs,
  positiveCount,
  ratePerSecond,
} from '../options.ts';
import type { RequestFlags, RunFlags, SafetyFlags } from '../options.ts';

/** The flags of the URL form; durations in ns, rate a second. */
export interface LoadFlags extends RunFlags, RequestFlags, SafetyFlags {
  readonly duration?: number;
  readonly rate?: number;
  readonly requests?: number;
  readonly workers?: number;
  readonly engine: 'native' | 'autocannon';
}

export function addLoad(program: Command): void {
  const command = program
    .command('load')
    .description(
      'Load an HTTP server: a URL, a scenario, or without argument the chat scenario, in its quick form.',
    )
    .argument(
      '[scenario|url]',
      'http://host:port/path, a scenario file, or the name of a built-in load scenario',
    )
    .option(
      '-c, --connections <n>',
      'connections; without -R each has one request at a time (default: 50)',
      positiveCount,
    )
    .option('-d, --duration <time>', 'how long, such as 10s (default: 10s)', durationNs)
    .option(
      '-R, --rate <n>',
      'requests a second over all connections, sent on time whatever the server does',
      ratePerSecond,
    )
    .option('-n, --requests <n>', 'stop after so many requests', positiveCount)
    .option('--workers <n>', 'threads that share the load exactly, a core each (default: 1)', positiveCount);
  addRequestOptions(command).addOption(
    new Option('--engine <name>', 'autocannon: a second opinion on a closed loop')
      .choices(['native', 'autocannon'])
      .default('native'),
  );
  addBaselineOptions(addRunOptions(addSafetyOptions(command), 'standard'))
    .addHelpText('after', examples)
    .action(async (source: string | undefined, given: LoadFlags) => {
      const { selectLoadPlans } = await import('../select-plans.ts');
      const { runPlans } = await import('../run-plans.ts');
      const { engine, abort } = given;
      const isFirstLook =
        source === undefined &&
        given.tag === undefined &&
        command.getOptionValueSource('profile') === 'default';
      const flags: LoadFlags = isFirstLook ? { ...given, profile: 'quick' } : given;
      process.exitCode = await runPlans(await selectLoadPlans(source, flags), flags, {
        engine,
        stopOnFailures: abort,
      });
    });
}

const examples = `
Examples:
  perfkit load                                          scenarios/chat/chat against a built-in server, quickly
  perfkit load http://127.0.0.1:8080/ -c 50 -d 10s      50 connections, as fast as the server answers
  perfkit load http://127.0.0.1:8080/ -R 1000           1000 requests a second
  perfkit load http://127.0.0.1:8080/items -m POST -H 'content-type: application/json' -b @item.json
  perfkit load https://127.0.0.1:8443/ --ca ca.pem --http2 -p 100 -c 1      100 streams on one connection
  perfkit load http://127.0.0.1:8080/ -R 50k --workers 2                   on two threads, a core each
  perfkit load http://127.0.0.1:8080/ -n 1000 -t 2s --no-keepalive         1000 requests, a new connection for each
  perfkit load http://127.0.0.1:8080/ --engine autocannon
  perfkit load api.perfkit.yaml --json

A host with an address that is not this machine's is loaded only when it is named: in the URL, or under "allow" in a scenario. It gets at
most 10000 requests a second and 1000 connections unless --max-rate, --max-connections or the scenario's limits say more.`;
