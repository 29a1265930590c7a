import { readPort } from '../supergraph/read-port.js';
import { untilSignal } from '../supergraph/until-signal.js';
import type { RunningSite } from './start-site.js';

const banner = ({ url, portcullisUrl, credentialsPath }: RunningSite) => `
The page is ready on ${url}
  Portcullis  ${portcullisUrl}
  Passwords   ${credentialsPath ?? 'those of that Portcullis'}
  Try         sign in as admin@example.com, an administrator
  Ctrl-C ends it. What to look at is in examples/web/README.md.
`;

async function main(): Promise<void> {
  // One that comes while it starts is heeded as soon as there is something to end.
  const signal = untilSignal();
  const port = readPort(process.env.PORT, 5173);
  const { startSite } = await import('./start-site.js');
  const site = await startSite({
    port,
    portcullisUrl: process.env.PORTCULLIS_URL || undefined,
    adminMfa: process.env.ADMIN_MFA || undefined,
  });
  process.stdout.write(banner(site));

  const isTold = await Promise.race([signal.then(() => true), site.ended.then(() => false)]);
  if (!isTold) process.stderr.write('Portcullis has ended, and the page with it.\n');
  await site.close();
  process.exit(isTold ? 0 : 1);
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The page could not start. ${reason}\n`);
  process.exit(1);
});
