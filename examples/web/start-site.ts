import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createServer } from 'vite';

import { startPortcullis, type RunningPortcullis } from '../supergraph/start-portcullis.js';
import { siteConfig } from './site.js';

export interface StartSiteOptions {
  /** Of Vite's development server. */
  readonly port: number;
  /** A Portcullis that runs; without it one is started, which forgets all when it ends. */
  readonly portcullisUrl: string | undefined;
  /** The started one's ADMIN_MFA. */
  readonly adminMfa: string | undefined;
}

export interface RunningSite {
  readonly url: string;
  readonly portcullisUrl: string;
  /** The file of the seeded people's passwords, where Portcullis was started. */
  readonly credentialsPath: string | null;
  /** Fulfilled when the Portcullis that was started has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
  readonly close: () => Promise<void>;
}

/**
 * Serves the page on this port, before a Portcullis.
 *
 * @throws Error when one of them cannot start; the other is then ended
 */
export async function startSite({ port, portcullisUrl, adminMfa }: StartSiteOptions): Promise<RunningSite> {
  const portcullis =
    portcullisUrl === undefined ? await startOwn(adminMfa) : await findRunning(portcullisUrl);
  try {
    const { server: serverConfig, ...config } = siteConfig({ portcullisUrl: portcullis.url });
    const server = await createServer({
      ...config,
      configFile: false,
      logLevel: 'warn',
      server: { ...serverConfig, port, strictPort: true },
    });
    await server.listen();
    return {
      url: server.resolvedUrls?.local[0] ?? '',
      portcullisUrl: portcullis.url,
      credentialsPath: portcullis.credentialsPath,
      ended: portcullis.ended,
      async close() {
        await server.close();
        await portcullis.close();
      },
    };
  } catch (error) {
    await portcullis.close();
    throw error;
  }
}

type Portcullis = Omit<RunningPortcullis, 'coprocessorUrl'> & Pick<RunningSite, 'credentialsPath'>;

async function startOwn(adminMfa: string | undefined): Promise<Portcullis> {
  const dataDir = await mkdtemp(join(tmpdir(), 'portcullis-web-'));
  const forget = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  // There are passwords in it: however this process ends, none is left.
  process.once('exit', forget);
  const portcullis = await startPortcullis({
    dataDir,
    settings: adminMfa === undefined ? {} : { ADMIN_MFA: adminMfa },
  });
  return { ...portcullis, credentialsPath: join(dataDir, 'seed-credentials') };
}

/** @throws Error where that is no address, or no Portcullis answers there */
async function findRunning(address: string): Promise<Portcullis> {
  if (!URL.canParse(address))
    throw new Error(`PORTCULLIS_URL takes an address such as http://127.0.0.1:4000, not ${address}.`);
  const { origin } = new URL(address);
  const answer = await fetch(`${origin}/livez`).catch(() => undefined);
  if (answer?.ok !== true)
    throw new Error(`There is no Portcullis on ${origin}, which PORTCULLIS_URL names.`);
  return {
    url: `${origin}/graphql`,
    credentialsPath: null,
    ended: new Promise(() => {}),
    close: async () => {},
  };
}
