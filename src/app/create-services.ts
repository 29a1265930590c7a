import type { Config } from '../config.js';
import { createAuthentication } from '../services/authentication/authentication.js';
import { createProofStore } from '../services/authentication/proof-store.js';
import { createAuthenticateCaller } from '../services/authentication/service-credential.js';
import { createDecisionCache, POLICIES } from '../services/authorization/decision-cache/decision-cache.js';
import { userUid } from '../services/authorization/names.js';
import { uidText } from '../services/authorization/question.js';
import type { Database } from '../services/database/database.js';
import { sharedSecret } from '../services/database/secret-store.js';
import type { Services } from '../services/index.js';
import { createIsBreached } from '../services/passwords/breached-passwords.js';
import { createIsCommon } from '../services/passwords/common-passwords.js';
import { createPasswordRules } from '../services/passwords/password-rules.js';
import { createPolicyOf } from '../services/passwords/pool-policy.js';
import { createAttempts } from '../services/rate-limiting/create-attempts.js';
import { createLimitSubjects } from '../services/rate-limiting/limit-subjects.js';
import type { LimitStores } from '../services/rate-limiting/open-limit-stores.js';
import { createSecurityEvents } from '../services/security-events/security-events.js';
import { createServiceCallers } from '../services/service-callers/service-callers.js';
import { createClientWatch } from '../services/sessions/client-watch.js';
import { createCognitoSessions } from '../services/sessions/cognito-sessions.js';
import { createDatabaseSessionStore } from '../services/sessions/database-session-store.js';
import { createPromisedEndings, type PromisedEndings } from '../services/sessions/promised-endings.js';
import { createMetrics } from '../services/telemetry/metrics.js';
import { deriveKey } from '../services/tokens/derive-key.js';
import { createSealer } from '../services/tokens/seal.js';
import { createTokenVerifier } from '../services/tokens/token-verifier.js';
import { createCognitoUserStore } from '../services/users/cognito-user-store.js';
import { createUserAdministration } from '../services/users/user-administration.js';
import { createUserList } from '../services/users/user-list.js';
import type { Foundations } from './foundations.js';
import type { Caches } from './open-caches.js';
import type { IdentityBackend } from './identity-backend.js';
import { openEngine, requestDeadlineMs, type Engine } from './open-engine.js';

const SHARED_KEY_BYTES = 32;

/** All that resolvers and directives may call, and what is to be kept up meanwhile. */
export async function createServices(
  config: Config,
  { db }: Database,
  { cache, sharedDecisions }: Caches,
  limits: LimitStores,
  backend: IdentityBackend,
  foundations: Foundations,
): Promise<{ services: Services; engine: Engine; endings: Pick<PromisedEndings, 'keepOverdue'> }> {
  const { cognito, pools, readsPerSecond, jwks, services } = backend;
  const { clock, randomness, logger } = foundations;
  const metrics = createMetrics();
  const engine = openEngine(config, backend, metrics, foundations);
  const key = config.secretKey ?? (await sharedSecret(db, 'shared-key', SHARED_KEY_BYTES, foundations));
  const sealer = createSealer({ key: deriveKey(key, 'seal'), randomness, clock });
  const decisionCache = createDecisionCache({
    shared: sharedDecisions,
    policies: () => engine.policyVersion(),
    clock,
  });
  if (backend.embedded?.policiesChanged) {
    // Where others cannot be told now, they find out when they next look at the store; this engine is yet to look.
    await decisionCache.forgetAll().catch(() => undefined);
  }
  engine.onPolicyWrite(() => {
    // Where others cannot be told now, they find out when they next look at the store.
    decisionCache.forgetAll().catch(() => undefined);
  });
  sharedDecisions.onRenewed((subjects) => {
    // Null: who knows what was missed.
    if (subjects === null || subjects.includes(POLICIES)) void engine.noticeWrite();
  });
  const users = createCognitoUserStore({
    client: cognito,
    pools,
    db,
    cache,
    logger,
    readsPerSecond,
    onChanged: (id) => decisionCache.forgetPrincipal(uidText(userUid(id))),
  });
  const refreshTokenKey = deriveKey(key, 'refresh-token');
  const cognitoSessions = createCognitoSessions({ ...foundations, client: cognito, pools, db });
  const sessions = createDatabaseSessionStore({
    ...foundations,
    db,
    cache,
    refreshTokenKey,
    onEnded: cognitoSessions.end,
  });
  const endings = createPromisedEndings({ ...foundations, db, sessions });
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
  const userAdministration = createUserAdministration({
    ...foundations,
    db,
    users,
    sessions,
    endings,
    passwordRules,
  });
  const authentication = createAuthentication({
    ...foundations,
    client: cognito,
    pools,
    users,
    accounts: userAdministration,
    sessions,
    endings,
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
  const all: Services = {
    authentication: {
      ...authentication,
      authenticate: createAuthenticateCaller(serviceCallers, authentication.authenticate),
    },
    users,
    userList: createUserList(users, sealer),
    userAdministration,
    sessions,
    events,
    authorizer: engine.authorizer,
    decisionCache,
    decisionDeadlineMs: requestDeadlineMs(backend),
    policyCatalog: engine.policyCatalog,
    rateLimiting: { window: limits.window, waivableWindow: limits.waivableWindow, subjects },
    metrics,
    sealer,
    clock,
    logger,
  };
  return { services: all, engine, endings };
}

const lifetimesOf = ({ sessions: { accessTokenLifetimeMs, refreshTokenLifetimeMs } }: Config) => ({
  accessTokenLifetimeMs,
  refreshTokenLifetimeMs,
});
