import type { Logger } from '../logger.js';
import type { AttemptKind } from '../rate-limiting/attempts.js';
import type { UserType } from '../users/user-store.js';

/** What somebody who watches over accounts wants to hear of. None carries a secret. */
export type SecurityEvent =
  /** A refresh token was sent again after its successor had been given out; its session has ended. */
  | { readonly type: 'REFRESH_TOKEN_REUSED'; readonly userId: string; readonly sessionId: string }
  /** Failed tries have locked an account for a while, be there such an account or not. */
  | {
      readonly type: 'ACCOUNT_LOCKED';
      /** What was tried. */
      readonly kind: AttemptKind;
      readonly userType: UserType;
      /** Tells accounts apart, and does not tell which: an HMAC of the name. */
      readonly account: string;
      /** For whom: the address that failed, or everybody. */
      readonly from: 'ONE_ADDRESS' | 'ANYWHERE';
      readonly seconds: number;
    }
  /** A token came from a client of another family and another network than the one that signed in. */
  | {
      readonly type: 'SESSION_CLIENT_CHANGED';
      readonly userId: string;
      readonly sessionId: string;
      /** Such as "Firefox on Linux", or "unknown client" for one that does not say. */
      readonly client: string;
      /** In CIDR notation; no address is told. */
      readonly network: string;
    };

export type SecurityEventType = SecurityEvent['type'];

/** Where security events go. Reporting never fails and never waits. */
export interface SecurityEvents {
  report(event: SecurityEvent): void;
  /** How many of each type this process has reported since it started. */
  counts(): ReadonlyMap<SecurityEventType, number>;
}

/** Logs each event as a warning, with the total of its type so far: whoever counts lines notices that one was lost. */
export function createSecurityEvents({ logger }: { readonly logger: Logger }): SecurityEvents {
  const counts = new Map<SecurityEventType, number>();
  return {
    report({ type, ...facts }) {
      const total = (counts.get(type) ?? 0) + 1;
      counts.set(type, total);
      logger.warn({ securityEvent: type, ...facts, total }, 'A security event.');
    },
    counts: () => counts,
  };
}
