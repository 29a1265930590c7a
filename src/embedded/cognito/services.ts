import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import type { Logger } from '../../services/logger.js';
import type { Randomness } from '../../services/randomness.js';
import { createAccessTokenVerifier, type AccessTokenVerifier } from './access-token-verifier.js';
import { createChallengeStore, type ChallengeStore } from './challenge-store.js';
import { createClientStore, type ClientStore } from './client-store.js';
import { createCodeDelivery, type CodeDelivery } from './code-delivery.js';
import { createCodeStore, type CodeStore } from './code-store.js';
import { createExpiry } from './expiry.js';
import { createGroupStore, type GroupStore } from './group-store.js';
import type { Mailer } from './mailer.js';
import { hashPassword, type HashPassword } from './password-hashing.js';
import { createPasswordHistory, type PasswordHistory } from './password-history.js';
import { createPoolStore, type PoolStore } from './pool-store.js';
import { createRefreshFamilyStore, type RefreshFamilyStore } from './refresh-family-store.js';
import { createResourceServerStore, type ResourceServerStore } from './resource-server-store.js';
import { createSignInFailures, type SignInFailures } from './sign-in-failures.js';
import { createSecretBox } from './secret-box.js';
import { createSigningKeys, type SigningKeys } from './signing-keys.js';
import { createSoftwareTokenStore, type SoftwareTokenStore } from './software-token-store.js';
import { createTokenIssuer, type TokenIssuer } from './token-issuer.js';
import { createUserStore, type UserStore } from './user-store.js';

/** What the engine is given from outside. */
export interface CognitoEngineOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly mailer: Mailer;
  /** Carries text messages. Without it, none can be sent. */
  readonly texts?: Mailer;
  /** What secrets at rest are encrypted under. Without it, a key in the database. */
  readonly secretKey?: Uint8Array;
  /** At OWASP's minimal cost when left out. */
  readonly hashPassword?: HashPassword;
  /** The failed sign-in that locks an account for the first time; AWS's fifth when left out. */
  readonly lockingFailure?: number;
  /** The AWS Region that pool ids and issuers name. */
  readonly region: string;
}

/** What the operations choose their dependencies from. */
export interface CognitoServices {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly region: string;
  readonly pools: PoolStore;
  readonly clients: ClientStore;
  readonly resourceServers: ResourceServerStore;
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly codes: CodeStore;
  readonly challenges: ChallengeStore;
  readonly failures: SignInFailures;
  readonly hashPassword: HashPassword;
  readonly passwordHistory: PasswordHistory;
  readonly families: RefreshFamilyStore;
  readonly keys: SigningKeys;
  readonly tokens: TokenIssuer;
  readonly accessTokens: AccessTokenVerifier;
  readonly delivery: CodeDelivery;
  readonly softwareTokens: SoftwareTokenStore;
  /** Whether there is something that carries text messages. */
  readonly sendsTexts: boolean;
}

export function createCognitoServices(options: CognitoEngineOptions): CognitoServices {
  const { db, clock, randomness, region } = options;
  const secrets = createSecretBox(options);
  const pools = createPoolStore(options);
  const users = createUserStore(db);
  const keys = createSigningKeys(options);
  const expiry = createExpiry(options);
  const families = createRefreshFamilyStore({ ...options, expiry });
  return {
    clock,
    randomness,
    region,
    pools,
    users,
    keys,
    families,
    clients: createClientStore(options),
    resourceServers: createResourceServerStore(db),
    groups: createGroupStore(db),
    codes: createCodeStore({ ...options, expiry, secrets }),
    challenges: createChallengeStore({ ...options, expiry }),
    failures: createSignInFailures(options),
    hashPassword: options.hashPassword ?? hashPassword,
    passwordHistory: createPasswordHistory(db),
    tokens: createTokenIssuer({ clock, randomness, region, keys }),
    accessTokens: createAccessTokenVerifier({ clock, region, pools, users, families, keys }),
    delivery: createCodeDelivery(options),
    softwareTokens: createSoftwareTokenStore({ ...options, secrets }),
    sendsTexts: options.texts !== undefined,
  };
}
