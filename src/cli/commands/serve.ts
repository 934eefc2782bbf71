import { Option } from 'commander';
import type { Command } from 'commander';
import { optionName } from '../../server/config/option-name.ts';
import { quantities, quantityNames } from '../../server/config/quantities.ts';
import { presets, profiles } from '../../server/config/setting.ts';
import type { Switch } from '../../server/config/setting.ts';
import { printQuantity } from '../../server/config/setting-values.ts';
import { switches, switchNames } from '../../server/config/switches.ts';
import { textNames, texts } from '../../server/config/texts.ts';
import { logFormats } from '../../server/monitoring/log-event.ts';
import type { LogFormat } from '../../server/monitoring/log-event.ts';
import { wholeNumber } from '../options.ts';

interface ServeFlags {
  readonly port: number;
  readonly data?: string;
  readonly profile?: string;
  readonly preset?: string;
  readonly json?: boolean;
  readonly log: LogFormat;
  readonly grafana?: boolean;
  readonly dashboard: boolean;
}

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('Run the reference server: chat, patterns, delta sync, jobs and WebSockets to put load on.')
    .option('--port <n>', 'port on 127.0.0.1; 0: a free one', wholeNumber, 8080)
    .option('--data <dir>', 'folder of its databases (default: a temporary one, removed at the end)')
    .addOption(new Option('--profile <name>', 'set of defaults (default: PERFKIT_PROFILE)').choices(profiles))
    .addOption(new Option('--preset <name>', 'what to tune for (default: PERFKIT_PRESET)').choices(presets))
    .addOption(
      new Option('--log <format>', 'how events are written to stderr')
        .choices(logFormats)
        .default('text' satisfies LogFormat),
    )
    .option('--no-dashboard', 'no page of live figures at /dashboard')
    .option('--grafana', 'print a Grafana dashboard of the metrics as JSON, and quit')
    .option('--json', 'print address and configuration as one JSON document on stdout');
  for (const name of switchNames) {
    const { help, off, env, default: isOn }: Switch = switches[name];
    const option = optionName(name);
    if (isOn) {
      const instead = off === undefined ? '' : `: ${off}`;
      command.option(`--no-${option}`, `do not ${help}${instead} (${env})`);
    } else command.option(`--${option}`, `${help} (${env})`);
  }
  for (const name of quantityNames) {
    const quantity = quantities[name];
    const standard = printQuantity(quantity, quantity.default);
    command.option(`--${optionName(name)} <n>`, `${quantity.help} (${quantity.env}, ${standard})`);
  }
  for (const name of textNames) {
    const { help, env, default: standard, print } = texts[name];
    command.option(`--${optionName(name)} <${name}>`, `${help} (${env}, ${print(standard)})`);
  }
  command.addHelpText('after', examples).action(async (flags: ServeFlags) => {
    if (flags.grafana === true) {
      const { grafanaDashboard } = await import('../../server/monitoring/grafana-dashboard.ts');
      process.stdout.write(`${JSON.stringify(grafanaDashboard(), null, 2)}\n`);
      return;
    }
    const { serve } = await import('../serve.ts');
    process.exitCode = await serve({ ...flags, options: optionsOf(command) });
  });
}

/** What was written on the command line, by setting; commander's own defaults are not. */
function optionsOf(command: Command): Record<string, string | boolean> {
  const options: Record<string, string | boolean> = {};
  for (const name of [...quantityNames, ...switchNames, ...textNames]) {
    const attribute = name.replace(/Ms$/, '');
    if (command.getOptionValueSource(attribute) !== 'cli') continue;
    const value: unknown = command.getOptionValue(attribute);
    if (typeof value === 'string' || typeof value === 'boolean') options[name] = value;
  }
  return options;
}

const examples = `
Every setting has an environment variable, in brackets; an option wins over it. Durations, sizes and shares may carry
their unit (5s, 64KiB, 70%). The server listens on 127.0.0.1 only. Its dashboard opens with the link that is printed,
which holds a token; further pages of the same browser need /dashboard only. SIGTERM or Ctrl-C lets requests under way
end; a second one ends it at once. \`builtin:chat\` in a load scenario starts the same server, told by the same variables.

Examples:
  perfkit serve
  perfkit serve --profile production --preset low-latency
  perfkit serve --log json 2> events.jsonl
  perfkit serve --grafana > dashboard.json
  perfkit serve --port 0 --data ./data --no-cache --no-pool
  MAX_BATCH_SIZE=50 perfkit serve            then: perfkit load http://127.0.0.1:8080/patterns/pattern-00000001`;
