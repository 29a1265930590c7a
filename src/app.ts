import { join } from 'node:path';

import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';
import type { FastifyInstance } from 'fastify';

import type { AwsIdentityConfig, Config } from './config.js';
import { enforceAuthorize } from './directives/authorize.transformer.js';
import { embeddedServices } from './embedded/embedded-services.js';
import { enforceRateLimit } from './directives/rate-limit.transformer.js';
import { startEmbedded, type Embedded } from './embedded/start-embedded.js';
import { createServer } from './http/create-server.js';
import type { Draining } from './http/draining.js';
import { subgraphParts } from './resolvers/index.js';
import { buildUnguardedSchema } from './schema/build-schema.js';
import { createAuthentication } from './services/authentication/authentication.js';
import { createProofStore } from './services/authentication/proof-store.js';
import { createAuthenticateCaller } from './services/authentication/service-credential.js';
import { createPace, type Pace } from './services/authentication/pace.js';
import { missingActions } from './services/authorization/actions.js';
import { createAvpAuthorizer } from './services/authorization/avp-authorizer.js';
import { createPolicyCatalog } from './services/authorization/policy-catalog.js';
import { awsClient } from './services/aws-client.js';
import { BypassCache } from './services/cache/bypass-cache.js';
import type { Cache } from './services/cache/cache.js';
import { MemoryCache } from './services/cache/memory-cache.js';
import { RedisCache } from './services/cache/redis-cache.js';
import { warmUpCedar } from './services/cedar/warm-up.js';
import { systemClock, type Clock } from './services/clock.js';
import { issuerOf, type CognitoPools } from './services/cognito/pools.js';
import type { ReadsPerSecond } from './services/cognito/read-budget.js';
import type { Database } from './services/database/database.js';
import { openDatabase } from './services/database/open-database.js';
import { sharedSecret } from './services/database/secret-store.js';
import type { Services } from './services/index.js';
import type { Logger } from './services/logger.js';
import { createIsBreached } from './services/passwords/breached-passwords.js';
import { createIsCommon } from './services/passwords/common-passwords.js';
import { createPasswordRules } from './services/passwords/password-rules.js';
import { createPolicyOf } from './services/passwords/pool-policy.js';
import { systemRandomness, type Randomness } from './services/randomness.js';
import { createAttempts } from './services/rate-limiting/create-attempts.js';
import { createLimitSubjects } from './services/rate-limiting/limit-subjects.js';
import { openLimitStores, type LimitStores } from './services/rate-limiting/open-limit-stores.js';
import { dependenciesOf } from './services/readiness/dependencies.js';
import { createReadiness } from './services/readiness/readiness.js';
import { createSecurityEvents } from './services/security-events/security-events.js';
import { createIamProof } from './services/service-callers/iam-proof.js';
import { AUDIENCE_HEADER } from './services/service-callers/presigned-request.js';
import {
  createServiceCallers,
  type ServiceCallersOptions,
} from './services/service-callers/service-callers.js';
import { createClientWatch } from './services/sessions/client-watch.js';
import { createCognitoSessions } from './services/sessions/cognito-sessions.js';
import { createDatabaseSessionStore } from './services/sessions/database-session-store.js';
import { createHttpsJwksSource } from './services/tokens/https-jwks-source.js';
import type { JwksSource } from './services/tokens/jwks-source.js';
import { deriveKey } from './services/tokens/derive-key.js';
import { createSealer } from './services/tokens/seal.js';
import { createTokenVerifier } from './services/tokens/token-verifier.js';
import { createCognitoUserStore } from './services/users/cognito-user-store.js';
import { createUserAdministration } from './services/users/user-administration.js';
import { createUserList } from './services/users/user-list.js';

/** What everything else stands on. Tests put their own in. */
export interface Foundations {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly openDatabase: (config: Config) => Promise<Database>;
  readonly pace: Pace;
}

export interface App {
  /** Not listening yet. */
  readonly server: FastifyInstance;
  /** To be done before closing, where callers are not to be turned away. */
  readonly draining: Draining;
  readonly services: Services;
  /** Where Cognito and Verified Permissions are embedded. */
  readonly embedded: Embedded | undefined;
  /** Loads and makes what the first sign-in would otherwise wait for. Blocks for a third of a second. */
  warmUp(): Promise<void>;
  /** Lets what is under way end, then lets go of everything. May be called more than once. */
  close(): Promise<void>;
}

/** Where people live and policies decide: the same clients, whoever answers them. */
interface IdentityBackend {
  readonly cognito: CognitoIdentityProviderClient;
  readonly verifiedPermissions: VerifiedPermissionsClient;
  readonly pools: CognitoPools;
  readonly policyStoreId: string;
  /** Where quotas bind. */
  readonly readsPerSecond?: ReadsPerSecond;
  readonly jwks: JwksSource;
  /** Which services there are, and how they prove themselves. */
  readonly services: Pick<ServiceCallersOptions, 'clients' | 'iam'>;
  readonly embedded?: Embedded;
}

const SHARED_KEY_BYTES = 32;
/** How long one call of Verified Permissions may take, retries included. */
const AWS_DEADLINE_MS = 2_000;
/** Embedded, it is never out of reach, but it shares a processor with everything else. */
const EMBEDDED_DEADLINE_MS = 10_000;
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
    const cache = await openCache(config, database, foundations);
    releases.push(() => cache.close());
    const limits = await openLimitStores({ ...foundations, redisUrl: config.redisUrl });
    releases.push(() => limits.close());
    if (config.redisUrl === undefined && database.kind !== 'pglite') {
      foundations.logger.warn('Without REDIS_URL each instance counts limits and failed tries for itself.');
    }
    const backend = await openBackend(config, database, foundations);
    releases.push(async () => {
      backend.cognito.destroy();
      backend.verifiedPermissions.destroy();
      await backend.embedded?.close();
    });
    const services = await createServices(config, database, cache, limits, backend, foundations);
    const { server, draining } = await createServer({
      schema: enforceRateLimit(
        enforceAuthorize(buildUnguardedSchema(subgraphParts).schema),
        config.rateLimits,
      ),
      services,
      readiness: createReadiness(dependenciesOf({ ...backend, database, cache }), foundations),
      randomness: foundations.randomness,
      production: config.environment === 'production',
      ...config.http,
      tokenEndpoint: backend.embedded?.cognitoEngine.tokenEndpoint,
      listMessages: () => backend.embedded?.listMessages() ?? Promise.resolve([]),
    });
    releases.push(() => server.close());
    return {
      server,
      draining,
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

/** Redis where instances share one; this process's memory where it is alone; else nothing that could be stale. */
async function openCache(config: Config, database: Database, foundations: Foundations): Promise<Cache> {
  if (config.redisUrl !== undefined) {
    return RedisCache.open({ url: config.redisUrl, keyPrefix: 'portcullis:', ...foundations });
  }
  return database.kind === 'pglite' ? new MemoryCache(foundations) : new BypassCache();
}

async function openBackend(
  config: Config,
  database: Database,
  foundations: Foundations,
): Promise<IdentityBackend> {
  if (config.identity.mode === 'aws') return awsBackend(config.identity);
  const embedded = await startEmbedded({
    ...foundations,
    ...config.identity,
    ...(config.secretKey && { secretKey: config.secretKey }),
    database,
    policiesDir: config.policiesDir,
    dataDir: config.dataDir,
    development: config.environment === 'development',
    isShared: false,
    ...(config.secretKey && { secretKey: config.secretKey }),
  });
  return {
    ...embedded,
    embedded,
    pools: {
      ADMIN: { userType: 'ADMIN', ...embedded.pools.ADMIN },
      END_USER: { userType: 'END_USER', ...embedded.pools.END_USER },
    },
    jwks: async (issuer) => {
      const keys = await embedded.cognitoEngine.jwks(issuer.slice(issuer.lastIndexOf('/') + 1));
      if (keys === undefined) throw new Error(`The embedded Cognito has no pool ${issuer}.`);
      return keys;
    },
    services: embeddedServices(embedded, AUDIENCE_HEADER),
  };
}

function awsBackend(identity: AwsIdentityConfig): IdentityBackend {
  const { region, pools, policyStoreId, readsPerSecond, cognitoEndpoint, avpEndpoint } = identity;
  const { clients, iam } = identity.services;
  return {
    cognito: new CognitoIdentityProviderClient(awsClient(region, cognitoEndpoint)),
    verifiedPermissions: new VerifiedPermissionsClient(awsClient(region, avpEndpoint)),
    pools: {
      ADMIN: { userType: 'ADMIN', ...pools.ADMIN },
      END_USER: { userType: 'END_USER', ...pools.END_USER },
    },
    policyStoreId,
    readsPerSecond,
    jwks: createHttpsJwksSource(cognitoEndpoint === undefined ? {} : { endpoint: cognitoEndpoint }),
    services: { clients, iam: iam && createIamProof(region, iam) },
  };
}

async function createServices(
  config: Config,
  { db }: Database,
  cache: Cache,
  limits: LimitStores,
  {
    cognito,
    verifiedPermissions,
    pools,
    policyStoreId,
    readsPerSecond,
    jwks,
    services,
    embedded,
  }: IdentityBackend,
  foundations: Foundations,
): Promise<Services> {
  const { clock, randomness, logger } = foundations;
  const key = config.secretKey ?? (await sharedSecret(db, 'shared-key', SHARED_KEY_BYTES, foundations));
  const sealer = createSealer({ key: deriveKey(key, 'seal'), randomness, clock });
  const users = createCognitoUserStore({ client: cognito, pools, db, cache, logger, readsPerSecond });
  const refreshTokenKey = deriveKey(key, 'refresh-token');
  const cognitoSessions = createCognitoSessions({ ...foundations, client: cognito, pools, db });
  const sessions = createDatabaseSessionStore({
    ...foundations,
    db,
    cache,
    refreshTokenKey,
    onEnded: cognitoSessions.end,
  });
  const verifier = createTokenVerifier({ pools, jwks, clock });
  const events = createSecurityEvents({ logger });
  const subjects = createLimitSubjects(deriveKey(key, 'rate-limit'));
  const { breachedPasswords: baseUrl } = config;
  const passwordRules = createPasswordRules({
    policyOf: createPolicyOf({ client: cognito, pools, clock, logger }),
    isCommon: createIsCommon(),
    ...(baseUrl !== undefined && { isBreached: createIsBreached({ baseUrl, clock, logger }) }),
  });
  const { onClientChange: onChange } = config.sessions;
  const userAdministration = createUserAdministration({ ...foundations, db, users, sessions, passwordRules });
  const authentication = createAuthentication({
    ...foundations,
    client: cognito,
    pools,
    users,
    accounts: userAdministration,
    sessions,
    verifier,
    sealer,
    attempts: createAttempts({ store: limits.attempts, subjects, securityEvents: events, logger }),
    proofs: createProofStore({ ...foundations, db, sealer }),
    totpIssuer: config.totpIssuer,
    passwordRules,
    events,
    lifetimes: lifetimesOf(config),
    cognitoSessions,
    clientWatch: createClientWatch({ sessions, events, logger, onChange }),
  });
  const serviceCallers = createServiceCallers({
    ...services,
    poolId: pools.ADMIN.poolId,
    jwks,
    clock,
    logger,
  });
  return {
    authentication: {
      ...authentication,
      authenticate: createAuthenticateCaller(serviceCallers, authentication.authenticate),
    },
    users,
    userList: createUserList(users, sealer),
    userAdministration,
    sessions,
    events,
    authorizer: createAvpAuthorizer({
      client: verifiedPermissions,
      policyStoreId,
      logger,
      deadline: () => AbortSignal.timeout(embedded ? EMBEDDED_DEADLINE_MS : AWS_DEADLINE_MS),
    }),
    policyCatalog: createPolicyCatalog({ client: verifiedPermissions, policyStoreId, clock, logger }),
    rateLimiting: { window: limits.window, subjects },
    sealer,
    clock,
    logger,
  };
}

const lifetimesOf = ({ sessions: { accessTokenLifetimeMs, refreshTokenLifetimeMs } }: Config) => ({
  accessTokenLifetimeMs,
  refreshTokenLifetimeMs,
});
