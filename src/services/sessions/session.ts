import type { SESSION_END_REASONS } from '../database/schema/identity.js';
import type { UserType } from '../users/user-store.js';

export type SessionEndReason = (typeof SESSION_END_REASONS)[number];

/** One sign-in of one person on one device, from login until it ends. */
export interface SessionRecord {
  /** UUID version 7. */
  readonly id: string;
  /** The refresh family: Cognito's `origin_jti`, shared by all tokens of this sign-in. */
  readonly family: string;
  readonly userId: string;
  readonly userType: UserType;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  /** Set once it ended; a session past `expiresAt` reads as ended then, for EXPIRED. */
  readonly endedAt: Date | null;
  readonly endReason: SessionEndReason | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly mfaAuthenticated: boolean;
  /** What Cognito calls it; null where the pool tracks no sessions, or that is not known yet. */
  readonly cognitoSessionId: string | null;
  /** When a token of it first came from a client that is very different from the one that signed in; null while none did. */
  readonly suspiciousSince: Date | null;
}

/** From where a request came, as far as the service trusts it. */
export interface ClientAddress {
  /** In its canonical form (RFC 5952, section 4). */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** Of whom nothing is known. */
export const UNKNOWN_CLIENT: ClientAddress = { ipAddress: null, userAgent: null };

/** What a sign-in brings to its session. */
export interface NewSession extends ClientAddress {
  readonly family: string;
  readonly userId: string;
  readonly userType: UserType;
  /** When the refresh token dies. */
  readonly expiresAt: Date;
  readonly mfaAuthenticated: boolean;
  /** When the password was given; now where it is left out. */
  readonly beganAt?: Date;
  /** Kept as an HMAC only. */
  readonly refreshToken: string;
}

/** Which of a person's sessions are spared. */
export interface EndingOptions {
  /** The id of one. */
  readonly except?: string;
  /** Those that began at this time or later; none when left out. */
  readonly begunBefore?: Date;
}

/** A refresh token whose turn it is: it may be traded for a successor. */
export interface ClaimedRefreshToken {
  readonly session: SessionRecord;
  readonly generation: number;
}

/** What becomes of a refresh token that somebody brings. */
export type RefreshClaim =
  | ({ readonly kind: 'claimed' } & ClaimedRefreshToken)
  /** Its turn is over: somebody has used a later one, or another one that was given out in its place and not just now. */
  | { readonly kind: 'reused'; readonly session: SessionRecord }
  /** Never given out here, or of a session that has ended. */
  | { readonly kind: 'refused' };

/**
 * The durable record of sign-ins. Whatever ends a session is in the database before the caches
 * forget it, and both have it before the call returns. A process that dies in between leaves no cache
 * that thinks otherwise: they were told beforehand to keep nothing of it.
 */
export interface SessionStore {
  /**
   * The session, which has ended already where all of the person's were ended since the sign-in began: a password that was
   * changed meanwhile lets nobody in.
   */
  start(session: NewSession): Promise<SessionRecord>;
  /** Read at every request, through the cache. */
  findByFamily(family: string): Promise<SessionRecord | undefined>;
  find(id: string): Promise<SessionRecord | undefined>;
  /** In the order asked. */
  findMany(ids: readonly string[]): Promise<readonly (SessionRecord | undefined)[]>;
  findByRefreshToken(refreshToken: string): Promise<SessionRecord | undefined>;
  /**
   * Takes a refresh token before it is traded. Tokens come in generations. Until one of a generation is used, the token
   * before it may be repeated, by a client that lost the answer, and makes another of that generation; once one is, the others
   * are good for half a minute more, and what came before is dead: whoever holds a copy is found out as soon as they and its owner
   * come further apart than that.
   * One statement decides, for all instances.
   */
  claimRefreshToken(refreshToken: string): Promise<RefreshClaim>;
  /** Notes the successor of a claimed token. False, and it is not noted, where that token's turn is over meanwhile. */
  addRefreshToken(claimed: ClaimedRefreshToken, successor: string): Promise<boolean>;
  /** Newest first; `after` is the id of the last one of the page before. */
  pageOf(userId: string, request: { limit: number; after: string | null }): Promise<readonly SessionRecord[]>;
  /** Whether all of a person's sessions were ended after that time: what began before is not to become one. */
  isOvertaken(userId: string, beganAt: Date): Promise<boolean>;
  /** Ends one session; one that has ended stays as it ended. Undefined where there is none. */
  end(id: string, reason: SessionEndReason): Promise<SessionRecord | undefined>;
  /** Ends all live sessions of a person; says how many there were. */
  endAllOf(userId: string, reason: SessionEndReason, options?: EndingOptions): Promise<number>;
  /**
   * Marks a live session as used by another client than the one that signed in. False where that client is on its record
   * already, or too many are.
   */
  markClient(id: string, client: string): Promise<boolean>;
  /** Notes that the session was used; written at most once a minute. */
  touch(session: SessionRecord): void;
}
