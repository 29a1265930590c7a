import { join } from 'node:path';

import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';

import { createServices } from './app/create-services.js';
import type { Foundations } from './app/foundations.js';
import { openCaches } from './app/open-caches.js';
import { openBackend, type IdentityBackend } from './app/identity-backend.js';
import { repeat } from './app/repeat.js';
import type { Config } from './config.js';
import { enforceAuthorize } from './directives/authorize.transformer.js';
import { guardsOnTrial } from './directives/guarded-types.js';
import { enforceRateLimit } from './directives/rate-limit.transformer.js';
import type { Embedded } from './embedded/start-embedded.js';
import { createCoprocessor } from './http/coprocessor/create-coprocessor.js';
import { createServer } from './http/create-server.js';
import type { Draining } from './http/draining.js';
import { subgraphPartsFor } from './resolvers/index.js';
import { buildUnguardedSchema } from './schema/build-schema.js';
import { quickenInputs } from './schema/quick-inputs.js';
import { createPace } from './services/authentication/pace.js';
import { missingActions } from './services/authorization/actions.js';
import { warmUpCedar } from './services/cedar/warm-up.js';
import { systemClock } from './services/clock.js';
import { issuerOf } from './services/cognito/pools.js';
import { openDatabase } from './services/database/open-database.js';
import type { Services } from './services/index.js';
import { systemRandomness } from './services/randomness.js';
import { openLimitStores } from './services/rate-limiting/open-limit-stores.js';
import { dependenciesOf } from './services/readiness/dependencies.js';
import { createReadiness } from './services/readiness/readiness.js';

export type { Foundations } from './app/foundations.js';

export interface App {
  /** Not listening yet. */
  readonly server: FastifyInstance;
  /** To be done before closing, where callers are not to be turned away. */
  readonly draining: Draining;
  /** Where routers ask, likewise; undefined where they do not. */
  readonly coprocessor: Pick<App, 'server' | 'draining'> | undefined;
  readonly services: Services;
  /** Where Cognito and Verified Permissions are embedded. */
  readonly embedded: Embedded | undefined;
  /** Loads and makes what the first sign-in would otherwise wait for. Blocks for a third of a second. */
  warmUp(): Promise<void>;
  /** Lets what is under way end, then lets go of everything. May be called more than once. */
  close(): Promise<void>;
}

/** How often sessions are looked for that a process should have ended which is gone. */
const KEEPING_MS = 60_000;

/** Registrations and the like are answered at the end of such a step; AWS sends its mail first. */
const STEP_MS = { aws: 1_000, embedded: 250 };

/**
 * Makes the service of a configuration: the only place where its parts meet.
 *
 * @throws Error when the database cannot be opened, or the policies are wrong; its message is for the operator
 */
export async function createApp(
  config: Config,
  overrides: Partial<Foundations> & Pick<Foundations, 'logger'>,
): Promise<App> {
  const foundations: Foundations = {
    clock: systemClock,
    randomness: systemRandomness,
    openDatabase: ({ databaseUrl, dataDir }) =>
      openDatabase(databaseUrl === undefined ? { folder: join(dataDir, 'database') } : { url: databaseUrl }, {
        logger: overrides.logger,
      }),
    pace: createPace({ stepMs: STEP_MS[config.identity.mode], clock: overrides.clock ?? systemClock }),
    ...overrides,
  };
  const releases: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const close = () =>
    (closing ??= (async () => {
      for (const release of releases.reverse()) await release();
    })());

  try {
    const database = await foundations.openDatabase(config);
    releases.push(() => database.close());
    const caches = await openCaches(config, database, foundations);
    releases.push(() => caches.close());
    const limits = await openLimitStores({ ...foundations, redisUrl: config.redisUrl });
    releases.push(() => limits.close());
    if (config.redisUrl === undefined && database.kind !== 'pglite') {
      foundations.logger.warn('Without REDIS_URL each instance counts limits and failed tries for itself.');
    }
    const backend = await openBackend(config, database, foundations);
    releases.push(async () => {
      backend.cognito.destroy();
      backend.verifiedPermissions.destroy();
      backend.deciding.destroy();
      await backend.embedded?.close();
    });
    const { services, engine, endings } = await createServices(
      config,
      database,
      caches,
      limits,
      backend,
      foundations,
    );
    releases.push(() => engine.stop());
    await engine.start();
    const edge = {
      services,
      readiness: createReadiness(
        dependenciesOf({ ...backend, database, cache: caches.cache, policies: engine.dependencies }),
        foundations,
      ),
      randomness: foundations.randomness,
      production: config.environment === 'production',
      ...config.http,
    };
    const { server, draining } = await createServer({
      ...edge,
      schema: createSchema(config, foundations),
      tokenEndpoint: backend.embedded?.cognitoEngine.tokenEndpoint,
      listMessages: () => backend.embedded?.listMessages() ?? Promise.resolve([]),
    });
    releases.push(repeat(() => endings.keepOverdue(), KEEPING_MS));
    releases.push(() => server.close());
    const coprocessor =
      config.coprocessor && (await createCoprocessor({ ...edge, isLocal: config.coprocessor.isLocal }));
    releases.push(() => coprocessor?.server.close());
    return {
      server,
      draining,
      coprocessor,
      services,
      embedded: backend.embedded,
      warmUp: () => warmUp(services, backend),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function createSchema(
  { rateLimits, resourceInterface, routerDirectives }: Config,
  { logger }: Foundations,
): GraphQLSchema {
  const { schema } = buildUnguardedSchema(subgraphPartsFor({ resourceInterface }), { routerDirectives });
  const guards = guardsOnTrial(schema);
  if (guards.length > 0) logger.warn({ guards }, 'These guards are on trial: they deny nobody anything.');
  return quickenInputs(enforceRateLimit(enforceAuthorize(schema), rateLimits));
}

async function warmUp({ policyCatalog, logger }: Services, { pools, jwks }: IdentityBackend): Promise<void> {
  try {
    warmUpCedar();
    const [schema] = await Promise.all([
      policyCatalog.schema(),
      ...Object.values(pools).map(({ poolId }) => jwks(issuerOf(poolId))),
    ]);
    // A store without a schema refuses no action.
    const actions = schema === undefined ? [] : missingActions(schema);
    if (actions.length > 0) {
      logger.warn({ actions }, "The policy store's schema lacks actions of this service: they are denied.");
    }
  } catch (error) {
    // Whoever needs it first tries again, and is told if that fails too.
    logger.warn({ err: error }, 'Not everything could be loaded ahead of time.');
  }
}
