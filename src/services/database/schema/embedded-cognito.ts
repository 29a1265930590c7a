import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  uuid,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core';

import { bytea, instant } from './identity.js';

/** What the embedded Cognito keeps. Empty where the real one is used. */
export const embeddedCognito = pgSchema('embedded_cognito');

export const userPools = embeddedCognito.table('user_pools', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  settings: jsonb('settings').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

const poolId = () =>
  text('pool_id')
    .notNull()
    .references(() => userPools.id, { onDelete: 'cascade' });

/** The RSA keys that sign a pool's tokens. */
export const signingKeys = embeddedCognito.table(
  'signing_keys',
  {
    kid: text('kid').primaryKey(),
    poolId: poolId(),
    /** PKCS #8, DER. */
    privateKey: bytea('private_key').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('signing_keys_by_pool').on(table.poolId, table.createdAt)],
);

export const appClients = embeddedCognito.table(
  'app_clients',
  {
    id: text('id').primaryKey(),
    poolId: poolId(),
    name: text('name').notNull(),
    secret: text('secret'),
    settings: jsonb('settings').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [index('app_clients_by_pool').on(table.poolId, table.id)],
);

/** APIs for whose scopes clients are given tokens. */
export const resourceServers = embeddedCognito.table(
  'resource_servers',
  {
    poolId: poolId(),
    identifier: text('identifier').notNull(),
    name: text('name').notNull(),
    scopes: jsonb('scopes').$type<readonly { ScopeName: string; ScopeDescription: string }[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.poolId, table.identifier] })],
);
/** The second factors, as the wire names them. */
const MFA_METHODS = ['SMS_MFA', 'SOFTWARE_TOKEN_MFA', 'EMAIL_OTP'] as const;

const USER_STATUSES = ['UNCONFIRMED', 'CONFIRMED', 'FORCE_CHANGE_PASSWORD', 'RESET_REQUIRED'] as const;

export const users = embeddedCognito.table(
  'users',
  {
    poolId: poolId(),
    sub: text('sub').notNull(),
    username: text('username').notNull(),
    /** Every attribute but `sub`; all are strings, as on the wire. */
    attributes: jsonb('attributes').$type<Record<string, string>>().notNull(),
    status: text('status', { enum: USER_STATUSES }).notNull(),
    enabled: boolean('enabled').notNull(),
    /** argon2id, in PHC format. */
    passwordHash: text('password_hash').notNull(),
    /** Set while the password is one that an administrator gave. */
    temporaryPasswordExpiresAt: instant('temporary_password_expires_at'),
    /** The second factors that the user has turned on. */
    mfaMethods: jsonb('mfa_methods').$type<(typeof MFA_METHODS)[number][]>().notNull().default([]),
    /** The one of them that is asked for. */
    preferredMfa: text('preferred_mfa', { enum: MFA_METHODS }),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.poolId, table.sub] }),
    // ListUsers searches these by prefix; the default operator class serves LIKE in the C locale only.
    index('users_by_email').on(table.poolId, sql`lower(${table.attributes} ->> 'email') text_pattern_ops`),
    index('users_by_phone_number').on(
      table.poolId,
      sql`(${table.attributes} ->> 'phone_number') text_pattern_ops`,
    ),
    index('users_by_given_name').on(
      table.poolId,
      sql`(${table.attributes} ->> 'given_name') text_pattern_ops`,
    ),
    index('users_by_family_name').on(
      table.poolId,
      sql`(${table.attributes} ->> 'family_name') text_pattern_ops`,
    ),
  ],
);

const toUser = (table: { poolId: AnyPgColumn; sub: AnyPgColumn }) =>
  foreignKey({
    columns: [table.poolId, table.sub],
    foreignColumns: [users.poolId, users.sub],
  }).onDelete('cascade');

/** Every name, besides the `sub`, under which somebody signs in: each belongs to one user of the pool. */
export const signInNames = embeddedCognito.table(
  'sign_in_names',
  {
    poolId: text('pool_id').notNull(),
    /** In lower case, unless the pool tells cases apart. */
    name: text('name').notNull(),
    sub: text('sub').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.poolId, table.name] }),
    index('sign_in_names_by_user').on(table.poolId, table.sub),
    toUser(table),
  ],
);

/** Wrong passwords in a row, by account, or by the digest of a name that nobody has. */
export const signInFailures = embeddedCognito.table(
  'sign_in_failures',
  {
    poolId: poolId(),
    account: text('account').notNull(),
    failures: integer('failures').notNull(),
    lastFailedAt: instant('last_failed_at').notNull(),
    lockedUntil: instant('locked_until'),
  },
  (table) => [
    primaryKey({ columns: [table.poolId, table.account] }),
    index('sign_in_failures_by_time').on(table.lastFailedAt),
  ],
);

/** A code sent to somebody and not yet used; or one that seemed to be sent, by the digest of a name that nobody has. */
export const codes = embeddedCognito.table(
  'codes',
  {
    poolId: poolId(),
    sub: text('sub').notNull(),
    /** What the code proves: `SIGN_UP`, `FORGOTTEN_PASSWORD`, or the attribute it verifies. */
    purpose: text('purpose').notNull(),
    /** Encrypted: there are but a million codes, and a digest of one is found out in a second. */
    sealedCode: bytea('sealed_code').notNull(),
    /** What the attribute becomes once the code is shown, where it waits for that. */
    pendingValue: text('pending_value'),
    expiresAt: instant('expires_at').notNull(),
    wrongTries: integer('wrong_tries').notNull(),
    /** How many were sent since `countedSince`. */
    sent: integer('sent').notNull(),
    countedSince: instant('counted_since').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.poolId, table.sub, table.purpose] }),
    index('codes_by_expiry').on(table.expiresAt),
  ],
);

/** Hashes of passwords that people had before the present one. */
export const passwordHistory = embeddedCognito.table(
  'password_history',
  {
    /** Grows with every change: the order in which they were replaced. */
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    poolId: text('pool_id').notNull(),
    sub: text('sub').notNull(),
    /** argon2id, in PHC format. */
    passwordHash: text('password_hash').notNull(),
  },
  (table) => [index('password_history_by_user').on(table.poolId, table.sub, table.id), toUser(table)],
);

/** The `Session` between a challenge and its answer, known by the SHA-256 of what the client holds. */
export const challenges = embeddedCognito.table(
  'challenges',
  {
    digest: bytea('digest').primaryKey(),
    poolId: text('pool_id').notNull(),
    sub: text('sub').notNull(),
    clientId: text('client_id').notNull(),
    name: text('name').notNull(),
    /** Of the code that was sent for this challenge, where one was. */
    codeDigest: bytea('code_digest'),
    /** Answers that were given so far. */
    tries: integer('tries').notNull().default(0),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    index('challenges_by_user').on(table.poolId, table.sub),
    index('challenges_by_expiry').on(table.expiresAt),
    toUser(table),
  ],
);

/** The secrets of people's authenticators (RFC 6238), encrypted. */
export const softwareTokens = embeddedCognito.table(
  'software_tokens',
  {
    poolId: text('pool_id').notNull(),
    sub: text('sub').notNull(),
    /** The one in use: its owner has shown a code of it. */
    secret: bytea('secret'),
    deviceName: text('device_name'),
    /** The latest step whose code was accepted: neither it nor an earlier one is good any more. */
    lastStep: integer('last_step'),
    /** One that was given out and not verified yet. */
    pendingSecret: bytea('pending_secret'),
  },
  (table) => [primaryKey({ columns: [table.poolId, table.sub] }), toUser(table)],
);

/** One sign-in and every refresh token that descends from it. */
export const refreshFamilies = embeddedCognito.table(
  'refresh_families',
  {
    /** The `origin_jti` of the family's tokens. */
    id: uuid('id').primaryKey(),
    poolId: text('pool_id').notNull(),
    sub: text('sub').notNull(),
    clientId: text('client_id').notNull(),
    authenticatedAt: instant('authenticated_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    index('refresh_families_by_user').on(table.poolId, table.sub),
    index('refresh_families_by_expiry').on(table.expiresAt),
    toUser(table),
  ],
);

/** Refresh tokens by their SHA-256; rotated ones stay, so that their reuse is noticed. */
export const refreshTokens = embeddedCognito.table(
  'refresh_tokens',
  {
    digest: bytea('digest').primaryKey(),
    familyId: uuid('family_id')
      .notNull()
      .references(() => refreshFamilies.id, { onDelete: 'cascade' }),
    issuedAt: instant('issued_at').notNull(),
    rotatedAt: instant('rotated_at'),
  },
  (table) => [index('refresh_tokens_by_family').on(table.familyId)],
);

export const groups = embeddedCognito.table(
  'groups',
  {
    poolId: poolId(),
    name: text('name').notNull(),
    description: text('description'),
    precedence: integer('precedence'),
    roleArn: text('role_arn'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.poolId, table.name] })],
);

export const groupMembers = embeddedCognito.table(
  'group_members',
  {
    poolId: text('pool_id').notNull(),
    groupName: text('group_name').notNull(),
    sub: text('sub').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.poolId, table.groupName, table.sub] }),
    index('group_members_by_user').on(table.poolId, table.sub),
    foreignKey({
      columns: [table.poolId, table.groupName],
      foreignColumns: [groups.poolId, groups.name],
    }).onDelete('cascade'),
    toUser(table),
  ],
);

const envelope = () => ({
  /** Empty for a message to nobody, which only takes the time that one to somebody takes. */
  recipient: text('recipient').notNull(),
  kind: text('kind', {
    enum: ['CONFIRMATION', 'INVITATION', 'MFA', 'PASSWORD_RESET', 'VERIFICATION'],
  }).notNull(),
});

/** Messages that a mail server would have carried, kept for the developer to read. */
export const mailbox = embeddedCognito.table('mailbox', {
  /** Grows with every message: the order in which they were sent. */
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  ...envelope(),
  /** The code, or an invitation's temporary password. */
  code: text('code').notNull(),
  subject: text('subject').notNull(),
  body: text('body').notNull(),
  sentAt: instant('sent_at').notNull(),
});

/** Messages that the mail server has not taken yet. */
export const outbox = embeddedCognito.table(
  'outbox',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    ...envelope(),
    /** Code, subject and text, encrypted: they let whoever reads them in. */
    sealedContent: bytea('sealed_content').notNull(),
    writtenAt: instant('written_at').notNull(),
    tries: integer('tries').notNull().default(0),
    /** Until when nobody is to send it: its next try, or the end of the one under way. */
    dueAt: instant('due_at').notNull(),
  },
  (table) => [index('outbox_by_due').on(table.dueAt)],
);
