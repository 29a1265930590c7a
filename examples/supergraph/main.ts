import { readPort } from './read-port.js';
import type { RunningSupergraph } from './start-supergraph.js';
import { untilSignal } from './until-signal.js';

const banner = ({ url, portcullisUrl, documentsUrl, credentialsPath }: RunningSupergraph) => `
The supergraph is ready on ${url}
  Portcullis  ${portcullisUrl}
  Documents   ${documentsUrl}
  Passwords   ${credentialsPath}
  Try         { documents { title owner { id email name } } }
  Ctrl-C ends all three. What to do with them is in examples/supergraph/README.md.
`;

async function main(): Promise<void> {
  // One that comes while it starts is heeded as soon as there is something to end.
  const signal = untilSignal();
  const port = readPort(process.env.PORT, 4100);
  // It loads a gateway, which takes some seconds.
  const { startSupergraph } = await import('./start-supergraph.js');
  const supergraph = await startSupergraph(port);
  process.stdout.write(banner(supergraph));

  const isTold = await Promise.race([signal.then(() => true), supergraph.ended.then(() => false)]);
  if (!isTold) process.stderr.write('Portcullis has ended, and the supergraph with it.\n');
  await supergraph.close();
  process.exit(isTold ? 0 : 1);
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The supergraph could not start. ${reason}\n`);
  process.exit(1);
});
