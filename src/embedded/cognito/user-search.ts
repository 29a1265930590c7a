import { eq, like, sql, type SQL } from 'drizzle-orm';

import { users } from '../../services/database/schema/embedded-cognito.js';
import type { SearchableAttribute, UserFilter } from './list-users-filter.js';

/** What a search looks at. The expressions are those of the table's indexes. */
const EXPRESSIONS = {
  username: sql`${users.username}`,
  email: sql`lower(${users.attributes} ->> 'email')`,
  phone_number: sql`(${users.attributes} ->> 'phone_number')`,
  name: sql`(${users.attributes} ->> 'name')`,
  given_name: sql`(${users.attributes} ->> 'given_name')`,
  family_name: sql`(${users.attributes} ->> 'family_name')`,
  preferred_username: sql`(${users.attributes} ->> 'preferred_username')`,
  'cognito:user_status': sql`lower(${users.status})`,
  status: sql`case when ${users.enabled} then 'Enabled' else 'Disabled' end`,
  sub: sql`${users.sub}`,
} satisfies Record<SearchableAttribute, SQL>;

/** Addresses and statuses are compared without regard to case, everything else as it is written. */
const IN_LOWER_CASE: ReadonlySet<SearchableAttribute> = new Set(['email', 'cognito:user_status']);

/** The condition that a filter puts on users. */
export function matching({ attribute, operator, value }: UserFilter): SQL {
  const expression = EXPRESSIONS[attribute];
  const sought = IN_LOWER_CASE.has(attribute) ? value.toLowerCase() : value;
  return operator === '=' ? eq(expression, sought) : like(expression, `${escapePattern(sought)}%`);
}

const escapePattern = (text: string) => text.replace(/[\\%_]/g, '\\$&');
