import type { Clock } from '../clock.js';
import type { CognitoCalls } from '../cognito/cognito-calls.js';
import type { CognitoPools } from '../cognito/pools.js';
import type { RefreshTokenLifetimeOf } from '../cognito/token-lifetimes.js';
import type { Logger } from '../logger.js';
import type { PasswordRules } from '../passwords/password-rules.js';
import type { Randomness } from '../randomness.js';
import type { Attempts } from '../rate-limiting/attempts.js';
import type { SecurityEvents } from '../security-events/security-events.js';
import type { CognitoSessions } from '../sessions/cognito-sessions.js';
import type { ClientWatch } from '../sessions/client-watch.js';
import type { PromisedEndings } from '../sessions/promised-endings.js';
import type { SessionStore } from '../sessions/session.js';
import type { Sealer } from '../tokens/seal.js';
import type { TokenVerifier } from '../tokens/token-verifier.js';
import type { UserAdministration } from '../users/user-administration.js';
import type { UserStore } from '../users/user-store.js';
import type { ProofStore } from './proof-store.js';
import type { Pace } from './pace.js';

/** What the flows of this folder share; each takes only what it needs of it. */
export interface AuthenticationDependencies {
  readonly cognito: CognitoCalls;
  readonly pools: CognitoPools;
  readonly users: UserStore;
  /** What people may do to their own accounts of what administrators do. */
  readonly accounts: Pick<UserAdministration, 'deleteUser'>;
  readonly sessions: SessionStore;
  readonly endings: Pick<PromisedEndings, 'before'>;
  readonly verifier: TokenVerifier;
  readonly sealer: Sealer;
  readonly proofs: ProofStore;
  /** Every try at a password or a code is made inside it. */
  readonly attempts: Attempts;
  readonly passwordRules: PasswordRules;
  readonly events: SecurityEvents;
  readonly clientWatch: ClientWatch;
  readonly cognitoSessions: CognitoSessions;
  /** For whatever does more where there is an account. */
  readonly pace: Pace;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** The name under which authenticators list accounts of this service. */
  readonly totpIssuer: string;
  readonly refreshTokenLifetimeOf: RefreshTokenLifetimeOf;
}
