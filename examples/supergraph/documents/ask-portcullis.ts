import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clientCredentials, createDecisionClient, type DecisionClient } from 'portcullis/authorize';

/** The service that Portcullis seeds in development; it may ask for decisions, and for nothing else. */
const SERVICE = 'demonstration';

/**
 * Lets the documents subgraph ask a Portcullis that was just started for decisions.
 *
 * @param url its GraphQL endpoint
 * @param dataDir where it has written the credentials of the services that it seeds
 */
export async function askPortcullis(url: string, dataDir: string): Promise<DecisionClient> {
  const lines = (await readFile(join(dataDir, 'service-credentials'), 'utf8')).split('\n');
  const [, clientId = '', clientSecret = ''] =
    lines.find((line) => line.startsWith(`${SERVICE} `))?.split(' ') ?? [];
  const tokenUrl = new URL('/oauth2/token', url).href;
  return createDecisionClient({ url, credential: clientCredentials({ tokenUrl, clientId, clientSecret }) });
}
