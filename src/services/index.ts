import type { Authentication } from './authentication/authentication.js';
import type { Authorizer } from './authorization/authorizer.js';
import type { DecisionCache } from './authorization/decision-cache/decision-cache.js';
import type { PolicyCatalog } from './authorization/policy-catalog.js';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import type { SecurityEvents } from './security-events/security-events.js';
import type { RateLimiting } from './rate-limiting/rate-limiting.js';
import type { SessionStore } from './sessions/session.js';
import type { Metrics } from './telemetry/metrics.js';
import type { Sealer } from './tokens/seal.js';
import type { UserAdministration } from './users/user-administration.js';
import type { UserList } from './users/user-list.js';
import type { UserStore } from './users/user-store.js';

/** Everything that resolvers and directives may call, made once by the composition root. */
export interface Services {
  readonly authentication: Authentication;
  readonly users: UserStore;
  readonly userList: UserList;
  readonly userAdministration: UserAdministration;
  readonly sessions: SessionStore;
  readonly events: SecurityEvents;
  readonly authorizer: Authorizer;
  readonly decisionCache: DecisionCache;
  /** How long the engine may take for all the decisions of one request, in milliseconds. */
  readonly decisionDeadlineMs: number;
  readonly policyCatalog: PolicyCatalog;
  readonly rateLimiting: RateLimiting;
  readonly metrics: Metrics;
  /** Seals cursors. */
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly logger: Logger;
}
