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

function readPort(text = '4100'): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new Error(`PORT takes a number from 0 to 65535, not ${text}.`);
  return port;
}

async function main(): Promise<void> {
  // One that comes while it starts is heeded as soon as there is something to end.
  const signal = untilSignal();
  const port = readPort(process.env.PORT);
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
