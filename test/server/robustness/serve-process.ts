import { main } from '../../../src/cli/main.ts';

// `perfkit` from its source, as bin/perfkit.js runs the built one.
await main(process.argv.slice(2));
// oxlint-disable-next-line unicorn/no-process-exit -- as bin/perfkit.js ends
process.exit();
