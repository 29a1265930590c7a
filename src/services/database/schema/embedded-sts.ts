import { pgSchema, text } from 'drizzle-orm/pg-core';

import { instant } from './identity.js';

/** What the embedded STS keeps. Empty where the real one is used. */
export const embeddedSts = pgSchema('embedded_sts');

/** The access keys by which it knows who signed a request. */
export const accessKeys = embeddedSts.table('access_keys', {
  id: text('id').primaryKey(),
  /** In plain, since signatures are verified by making them again. */
  secret: text('secret').notNull(),
  /** Of temporary credentials. */
  sessionToken: text('session_token'),
  /** Whose they are, as GetCallerIdentity says it. */
  arn: text('arn').notNull(),
  createdAt: instant('created_at').notNull(),
});
