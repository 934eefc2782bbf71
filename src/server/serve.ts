import { builtInServers } from './index.ts';

/**
 * The process of a built-in server: `serve NAME` listens on a free loopback port, tells it to the parent and ends
 * when the parent goes.
 */
const name = process.argv[2] ?? '';
const create = Object.hasOwn(builtInServers, name) ? builtInServers[name] : undefined;
if (create === undefined) {
  process.stderr.write(`Expected one of ${Object.keys(builtInServers).join(', ')}, got ${name}\n`);
  process.exitCode = 2;
  if (process.connected) process.disconnect();
} else {
  const server = create();
  // Ctrl-C goes to the whole group: the run that ends must still find its server
  process.on('SIGINT', () => undefined);
  // an orphan would hold its port for ever
  process.once('disconnect', () => process.exit());
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
  });
}
