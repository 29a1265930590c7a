import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import pino from 'pino';

import { inProcessRequestHandler } from '../../src/embedded/aws-json.js';
import { provisionPool } from '../../src/embedded/provision-pools.js';
import type { PortcullisError } from '../../src/errors.js';
import {
  createAuthentication,
  type Authentication,
  type CreateAuthenticationDependencies,
} from '../../src/services/authentication/authentication.js';
import { createProofStore } from '../../src/services/authentication/proof-store.js';
import type { Cache } from '../../src/services/cache/cache.js';
import { MemoryCache } from '../../src/services/cache/memory-cache.js';
import type { CognitoPools } from '../../src/services/cognito/pools.js';
import type { Attempts } from '../../src/services/rate-limiting/attempts.js';
import { createAttempts } from '../../src/services/rate-limiting/create-attempts.js';
import { createLimitSubjects } from '../../src/services/rate-limiting/limit-subjects.js';
import { createMemoryAttemptStore } from '../../src/services/rate-limiting/memory-attempt-store.js';
import { createIsCommon } from '../../src/services/passwords/common-passwords.js';
import { createPasswordRules } from '../../src/services/passwords/password-rules.js';
import { createPolicyOf } from '../../src/services/passwords/pool-policy.js';
import {
  createSecurityEvents,
  type SecurityEvents,
} from '../../src/services/security-events/security-events.js';
import { createClientWatch } from '../../src/services/sessions/client-watch.js';
import { createCognitoSessions } from '../../src/services/sessions/cognito-sessions.js';
import { createDatabaseSessionStore } from '../../src/services/sessions/database-session-store.js';
import type { ClientAddress, SessionStore } from '../../src/services/sessions/session.js';
import { createSealer, type Sealer } from '../../src/services/tokens/seal.js';
import { createPromisedEndings, type PromisedEndings } from '../../src/services/sessions/promised-endings.js';
import { createTokenVerifier, type TokenVerifier } from '../../src/services/tokens/token-verifier.js';
import { createCognitoUserStore } from '../../src/services/users/cognito-user-store.js';
import {
  createUserAdministration,
  type UserAdministration,
} from '../../src/services/users/user-administration.js';
import type { UserStore, UserType } from '../../src/services/users/user-store.js';
import { openEmbeddedCognito, makeUser, type EmbeddedCognito } from './embedded-cognito.js';
import { recordingHandler, type RecordingHandler } from './recording-handler.js';
import { testRandomness } from './test-randomness.js';

/** Everybody may have a second factor, and nobody must. */
const MFA = { adminMfa: 'optional', textMessages: true } as const;

export const ADDRESS: ClientAddress = { ipAddress: '192.0.2.7', userAgent: 'Firefox' };

/** The services for people, sessions and sign-in, over embedded pools and an empty database. */
export interface IdentityServices {
  readonly cognito: EmbeddedCognito;
  /** What the services ask Cognito, and how it may be disturbed. */
  readonly calls: RecordingHandler;
  readonly pools: CognitoPools;
  /** Behind users and sessions. */
  readonly cache: Cache;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly verifier: TokenVerifier;
  readonly sealer: Sealer;
  readonly endings: PromisedEndings;
  /** Counted in memory, by the clock of Cognito. */
  readonly attempts: Attempts;
  readonly events: SecurityEvents;
  readonly authentication: Authentication;
  readonly administration: UserAdministration;
  /** The same, with some of what it stands on replaced. */
  authenticationWith(replaced: Partial<CreateAuthenticationDependencies>): Authentication;
  /** Somebody confirmed who signs in with PASSWORD, and their id. */
  person(userType?: UserType): Promise<{ id: string; email: string }>;
  /** An address that nobody has. */
  newEmail(): string;
  close(): Promise<void>;
}

export async function openIdentityServices(): Promise<IdentityServices> {
  const cognito = await openEmbeddedCognito();
  const { clock, db, engine } = cognito;
  const logger = pino({ level: 'silent' });
  const randomness = testRandomness;
  const [admins, endUsers] = await Promise.all([
    provisionPool(cognito.sdk, 'ADMIN', MFA),
    provisionPool(cognito.sdk, 'END_USER', MFA),
  ]);
  const pools: CognitoPools = {
    ADMIN: { userType: 'ADMIN', ...admins },
    END_USER: { userType: 'END_USER', ...endUsers },
  };
  const calls = recordingHandler(inProcessRequestHandler(engine.service));
  const client = new CognitoIdentityProviderClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: calls,
  });
  const cache = new MemoryCache({ clock });
  const changed: string[] = [];
  const users = createCognitoUserStore({
    ...{ client, pools, db, cache, logger },
    onChanged: async (id) => void changed.push(id),
  });
  const refreshTokenKey = randomness.bytes(32);
  const cognitoSessions = createCognitoSessions({ client, pools, db, clock, logger });
  const sessions = createDatabaseSessionStore({
    ...{ db, cache, clock, randomness, logger, refreshTokenKey },
    onEnded: cognitoSessions.end,
  });
  const endings = createPromisedEndings({ db, sessions, clock, randomness, logger });
  const verifier = createTokenVerifier({
    pools,
    clock,
    jwks: async (issuer) => (await engine.jwks(issuer.slice(issuer.lastIndexOf('/') + 1))) ?? { keys: [] },
  });
  const sealer = createSealer({ key: randomness.bytes(32), randomness, clock });
  const events = createSecurityEvents({ logger });
  const attempts = createAttempts({
    store: createMemoryAttemptStore({ clock, randomness }),
    subjects: createLimitSubjects(randomness.bytes(32)),
    securityEvents: events,
    logger,
  });
  const proofs = createProofStore({ db, sealer, clock, randomness });
  const passwordRules = createPasswordRules({
    policyOf: createPolicyOf({ client, pools, clock, logger }),
    isCommon: createIsCommon(),
  });
  const clientWatch = createClientWatch({ sessions, events, logger, onChange: 'report' });
  const administration = createUserAdministration({
    ...{ users, sessions, endings, passwordRules, db, clock, randomness, logger },
  });
  const parts = {
    ...{
      client,
      pools,
      users,
      sessions,
      endings,
      verifier,
      sealer,
      attempts,
      proofs,
      passwordRules,
      pace: <Answer>(work: () => Promise<Answer>) => work(),
      accounts: administration,
      events,
      clientWatch,
      cognitoSessions,
      clock,
      randomness,
      logger,
    },
    totpIssuer: 'Portcullis',
  };
  let people = 0;
  const newEmail = () => `person-${++people}@example.com`;

  return {
    cognito,
    calls,
    pools,
    cache,
    users,
    sessions,
    endings,
    verifier,
    sealer,
    attempts,
    events,
    authentication: createAuthentication(parts),
    administration,
    authenticationWith: (replaced) => createAuthentication({ ...parts, ...replaced }),
    newEmail,
    async person(userType = 'END_USER') {
      const email = newEmail();
      return { id: await makeUser(cognito, pools[userType].poolId, email), email };
    },
    close: () => cognito.close(),
  };
}

/** All that the caller learns of a refusal; undefined where there is none. */
export const refusalOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    ({ code, message, retryAfter }: PortcullisError) => [code, message, retryAfter],
  );
