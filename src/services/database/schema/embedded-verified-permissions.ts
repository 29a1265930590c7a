import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import { instant } from './identity.js';

/** What the embedded Verified Permissions keeps. Empty where the real one is used. */
export const embeddedVerifiedPermissions = pgSchema('embedded_verified_permissions');

export const policyStores = embeddedVerifiedPermissions.table('policy_stores', {
  id: text('id').primaryKey(),
  description: text('description'),
  validationMode: text('validation_mode', { enum: ['OFF', 'STRICT'] }).notNull(),
  deletionProtection: text('deletion_protection', { enum: ['ENABLED', 'DISABLED'] }).notNull(),
  tags: jsonb('tags').$type<Record<string, string>>().notNull(),
  /** The schema as JSON text, byte for byte as it was put. */
  schema: text('schema'),
  schemaCreatedAt: instant('schema_created_at'),
  schemaUpdatedAt: instant('schema_updated_at'),
  /** Raised by every change that a decision could notice, so that compiled policies know when they are out of date. */
  revision: integer('revision').notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const policyTemplates = embeddedVerifiedPermissions.table(
  'policy_templates',
  {
    storeId: text('store_id')
      .notNull()
      .references(() => policyStores.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    /** `name/…`: may stand for the id in requests. */
    name: text('name'),
    description: text('description'),
    statement: text('statement').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.storeId, table.id] }),
    uniqueIndex('policy_templates_by_name').on(table.storeId, table.name),
  ],
);

/** A policy is static and has a statement, or it is linked and has a template. */
export const policies = embeddedVerifiedPermissions.table(
  'policies',
  {
    storeId: text('store_id')
      .notNull()
      .references(() => policyStores.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    /** `name/…`: may stand for the id in requests. */
    name: text('name'),
    description: text('description'),
    statement: text('statement'),
    templateId: text('template_id'),
    /** What a linked policy puts into its template's slots, by `formatUid`: columns of text hold no NUL, and ids may. */
    principal: text('principal'),
    resource: text('resource'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.storeId, table.id] }),
    uniqueIndex('policies_by_name').on(table.storeId, table.name),
    index('policies_by_template').on(table.storeId, table.templateId),
    foreignKey({
      name: 'policies_template',
      columns: [table.storeId, table.templateId],
      foreignColumns: [policyTemplates.storeId, policyTemplates.id],
    }).onDelete('cascade'),
    check('policies_static_or_linked', sql`(${table.statement} is null) <> (${table.templateId} is null)`),
  ],
);

/** Answers to operations with a `clientToken`, given again when the same request comes again. */
export const clientTokens = embeddedVerifiedPermissions.table(
  'client_tokens',
  {
    operation: text('operation').notNull(),
    token: text('token').notNull(),
    /** SHA-256 of the request, base64. */
    requestDigest: text('request_digest').notNull(),
    /** The id of what was made. */
    resourceId: text('resource_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.operation, table.token] })],
);
