import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { composeSupergraph } from './compose.js';
import { askPortcullis } from './documents/ask-portcullis.js';
import { documentsSdl } from './documents/schema.js';
import { seedDocuments } from './documents/seed-documents.js';
import { startDocuments } from './documents/start-documents.js';
import { PORTCULLIS } from './forwarded-headers.js';
import { listPeople } from './list-people.js';
import type { Listening } from './listen.js';
import { startPortcullis } from './start-portcullis.js';

export interface RunningSupergraph extends Listening {
  readonly portcullisUrl: string;
  readonly documentsUrl: string;
  /** The file of the seeded people's passwords. */
  readonly credentialsPath: string;
  /** Fulfilled when Portcullis has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
}

const portcullisSdl = new URL('../../schema.graphql', import.meta.url);

/**
 * Starts Portcullis, the documents subgraph, and a gateway that makes one graph of them on this port. They forget all
 * when they end: each start is a first one, with new people and new passwords.
 *
 * @throws Error when one of them cannot start; the others are then ended
 */
export async function startSupergraph(port: number): Promise<RunningSupergraph> {
  const releases: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const release of releases.splice(0).reverse()) await release();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'portcullis-supergraph-'));
    const forget = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    // There are passwords in it: however this process ends, none is left.
    process.once('exit', forget);
    releases.push(async () => {
      forget();
      process.off('exit', forget);
    });
    const gatewaySecret = randomBytes(32).toString('base64url');
    // To load a gateway takes as long as Portcullis to start.
    const loading = import('./start-gateway.js');
    // Whoever awaits it is told, but does so later.
    loading.catch(() => undefined);
    const portcullis = await startPortcullis({
      dataDir,
      settings: { GATEWAY_SECRET: gatewaySecret },
    });
    releases.push(portcullis.close);
    const people = await listPeople(portcullis.url, dataDir);
    const decisions = await askPortcullis(portcullis.url, dataDir);
    const documents = await startDocuments(seedDocuments(people), decisions, 0);
    releases.push(documents.close);
    const supergraphSdl = composeSupergraph([
      { name: PORTCULLIS, url: portcullis.url, sdl: await readFile(portcullisSdl, 'utf8') },
      { name: 'documents', url: documents.url, sdl: documentsSdl },
    ]);
    const { startGateway } = await loading;
    const gateway = await startGateway({
      supergraphSdl,
      gatewaySecret,
      coprocessorUrl: portcullis.coprocessorUrl,
      port,
    });
    releases.push(gateway.close);
    return {
      url: gateway.url,
      portcullisUrl: portcullis.url,
      documentsUrl: documents.url,
      credentialsPath: join(dataDir, 'seed-credentials'),
      ended: portcullis.ended,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
