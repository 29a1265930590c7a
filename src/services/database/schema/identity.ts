import { boolean, customType, index, integer, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Raw bytes, as Buffer on every driver. */
export const bytea = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
});

export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** Everything that the service itself keeps, whether or not Cognito is embedded. */
export const identity = pgSchema('identity');

/** Which pool a person lives in: Cognito's ids do not say. Rows stay after the person is deleted. */
export const people = identity.table('people', {
  id: text('id').primaryKey(),
  userType: text('user_type', { enum: ['ADMIN', 'END_USER'] }).notNull(),
});

export const SESSION_END_REASONS = [
  'LOGGED_OUT',
  'REVOKED',
  'EXPIRED',
  'USER_DISABLED',
  'USER_DELETED',
  'PASSWORD_CHANGED',
  'REFRESH_TOKEN_REUSED',
] as const;

/** One sign-in, from login until it ends. Rows are never deleted while their tokens could still be valid. */
export const sessions = identity.table(
  'sessions',
  {
    /** UUID version 7: sorts by creation. */
    id: uuid('id').primaryKey(),
    /** The refresh family, Cognito's `origin_jti`. */
    family: text('family').notNull().unique(),
    userId: text('user_id').notNull(),
    userType: text('user_type', { enum: ['ADMIN', 'END_USER'] }).notNull(),
    createdAt: instant('created_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
    endReason: text('end_reason', { enum: SESSION_END_REASONS }),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    mfaAuthenticated: boolean('mfa_authenticated').notNull(),
    /** The generation of the newest refresh token that was used; 0 while none was. */
    refreshGeneration: integer('refresh_generation').notNull().default(0),
    /** Which token of that generation it was last. */
    refreshDigest: bytea('refresh_digest'),
    /** When the first token of that generation was used. */
    refreshGenerationUsedAt: instant('refresh_generation_used_at'),
    /** What Cognito calls it, where the pool tracks sessions and that is known. */
    cognitoSessionId: text('cognito_session_id'),
    /** When a token of it first came from a client that is very different from the one that signed in. */
    suspiciousSince: instant('suspicious_since'),
    /** Those clients, each reported once. */
    suspiciousClients: text('suspicious_clients').array().notNull().default([]),
  },
  (table) => [index('sessions_by_user').on(table.userId, table.id)],
);

/** HMAC-SHA256 of every refresh token given out, so that a replayed one finds its family. */
export const refreshTokenDigests = identity.table(
  'refresh_token_digests',
  {
    digest: bytea('digest').primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    issuedAt: instant('issued_at').notNull(),
    /** 1 for the token of the sign-in, and one more than that of the token it was traded for. */
    generation: integer('generation').notNull(),
  },
  (table) => [index('refresh_token_digests_by_session').on(table.sessionId)],
);

/** Since when a person's sign-ins count: one that began before and ends after has been overtaken. */
export const signInBounds = identity.table('sign_in_bounds', {
  userId: text('user_id').primaryKey(),
  validFrom: instant('valid_from').notNull(),
  /** Why the ones before ended. */
  reason: text('reason', { enum: SESSION_END_REASONS }).notNull(),
});

/** Whose sessions are to end, by a change that may have been made meanwhile; see `PromisedEndings`. */
export const promisedEndings = identity.table('promised_endings', {
  id: uuid('id').primaryKey(),
  userId: text('user_id').notNull(),
  reason: text('reason', { enum: SESSION_END_REASONS }).notNull(),
  exceptSession: text('except_session'),
  promisedAt: instant('promised_at').notNull(),
});

/** Proofs of identity that wait for a code, each sealed; see `ProofStore`. */
export const pendingProofs = identity.table(
  'pending_proofs',
  {
    sessionId: uuid('session_id')
      .primaryKey()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    sealed: text('sealed').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [index('pending_proofs_by_expiry').on(table.expiresAt)],
);

/** Keys that every instance on this database shares, made at first start. */
export const secrets = identity.table('secrets', {
  name: text('name').primaryKey(),
  value: bytea('value').notNull(),
  createdAt: instant('created_at').notNull(),
});

/** Named locks with an end: held by one instance at a time, free again when it dies. */
export const leases = identity.table('leases', {
  name: text('name').primaryKey(),
  holder: uuid('holder').notNull(),
  expiresAt: instant('expires_at').notNull(),
});

/** Small facts that outlive a restart, such as that the first people were seeded. */
export const settings = identity.table('settings', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});
