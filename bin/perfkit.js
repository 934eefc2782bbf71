#!/usr/bin/env node
// Plain JavaScript that any Node can parse: an old one must get to the message, not to a syntax error.
import * as module from 'node:module';
import process from 'node:process';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `perfkit needs Node 22.18 or newer, this is ${process.version}. In a checkout, "npm ci" brings a current one and "npx perfkit" uses it.\n`,
  );
  process.exitCode = 2;
} else {
  module.enableCompileCache?.();
  const { main } = await import('../dist/cli/main.js');
  await main(process.argv.slice(2));
  process.exit();
}
