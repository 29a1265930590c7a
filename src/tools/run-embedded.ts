import { join } from 'node:path';

import type { Config } from '../config.js';
import { EMBEDDED_REGION } from '../embedded/in-process-client.js';
import { startEmbeddedServer } from '../embedded/server.js';
import type { EmbeddedServer } from '../embedded/server.js';
import { startEmbedded } from '../embedded/start-embedded.js';
import type { Embedded } from '../embedded/start-embedded.js';
import { isLocalRequest } from '../http/local-only.js';
import { isLocalHost } from '../loopback.js';
import { warmUpCedar } from '../services/cedar/warm-up.js';
import type { Clock } from '../services/clock.js';
import type { Database } from '../services/database/database.js';
import { openDatabase, type DatabaseLocation } from '../services/database/open-database.js';
import type { Logger } from '../services/logger.js';
import type { Randomness } from '../services/randomness.js';

/** The engines, listening. */
export interface RunningEmbedded
  extends
    Pick<EmbeddedServer, 'cognitoUrl' | 'verifiedPermissionsUrl' | 'stsUrl'>,
    Pick<Embedded, 'pools' | 'policyStoreId' | 'seeded' | 'seededServices'> {
  readonly region: string;
  readonly adminMfa: 'required' | 'optional';
  /** The folder of the data, or `DATABASE_URL`. */
  readonly dataLocation: string;
  /** Answers what is under way, then lets go of everything. */
  close(): Promise<void>;
}

/** What the engines stand on. */
export interface EmbeddedFoundations {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Tests put their own in. */
  readonly openDatabase?: (location: DatabaseLocation) => Promise<Database>;
}

/**
 * Runs the embedded engines for other processes, provisioned and seeded as the service provisions its own. They keep
 * their data apart from the service's, so that both may run on one `DATA_DIR`.
 *
 * @throws Error when the database, the policies or a port is not to be had; its message is for the operator
 */
export async function runEmbedded(
  config: Config,
  foundations: EmbeddedFoundations,
): Promise<RunningEmbedded> {
  const { identity, databaseUrl, http, embeddedPorts } = config;
  if (identity.mode !== 'embedded') throw new TypeError('Only an embedded configuration can be run here.');
  const dataDir = join(config.dataDir, 'embedded');
  const folder = join(dataDir, 'database');
  const { logger, openDatabase: open = (location) => openDatabase(location, { logger }) } = foundations;
  const database = await open(databaseUrl === undefined ? { folder } : { url: databaseUrl });
  let embedded: Embedded | undefined;
  const release = async () => {
    await embedded?.close();
    await database.close();
  };
  try {
    const development = config.environment === 'development';
    const started = (embedded = await startEmbedded({
      ...foundations,
      ...identity,
      lifetimes: config.sessions,
      ...(config.secretKey && { secretKey: config.secretKey }),
      database,
      dataDir,
      policiesDir: config.policiesDir,
      development,
      isShared: true,
      ...(config.secretKey && { secretKey: config.secretKey }),
    }));
    warmUpCedar();
    const server = await startEmbeddedServer({
      host: http.host,
      // Else a web page elsewhere could have its own name resolved to this machine, and administer the engines.
      admits: isLocalHost(http.host) ? isLocalRequest : () => true,
      cognito: {
        port: embeddedPorts.cognito,
        engine: started.cognitoEngine,
        findDocument: async (path, request) =>
          development && path === '/dev/mailbox' && isLocalRequest(request)
            ? started.listMessages()
            : undefined,
      },
      verifiedPermissions: { port: embeddedPorts.avp, service: started.verifiedPermissionsEngine.service },
      sts: { port: embeddedPorts.sts, engine: started.stsEngine },
      logger,
    });
    const { cognitoUrl, verifiedPermissionsUrl, stsUrl } = server;
    const { pools, policyStoreId, seeded, seededServices } = started;
    const close = async () => {
      await server.close();
      await release();
    };
    const dataLocation = databaseUrl === undefined ? folder : 'DATABASE_URL';
    const region = EMBEDDED_REGION;
    const urls = { cognitoUrl, verifiedPermissionsUrl, stsUrl };
    const { adminMfa } = identity;
    return { ...urls, pools, policyStoreId, seeded, seededServices, adminMfa, region, dataLocation, close };
  } catch (error) {
    await release();
    throw error;
  }
}
