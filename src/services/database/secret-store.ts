import { eq } from 'drizzle-orm';

import type { Clock } from '../clock.js';
import type { Randomness } from '../randomness.js';
import type { Db } from './database.js';
import { secrets } from './schema/index.js';

/**
 * A secret that every instance on this database shares: made by whichever asks first, the same ever after.
 *
 * @param name what it is for, such as `cursor-key`
 * @param length in bytes
 * @throws Error when the database holds one of another length under that name
 */
export async function sharedSecret(
  db: Db,
  name: string,
  length: number,
  { randomness, clock }: { randomness: Randomness; clock: Clock },
): Promise<Buffer> {
  const known = await find(db, name);
  if (known === undefined) {
    await db
      .insert(secrets)
      .values({ name, value: randomness.bytes(length), createdAt: clock.now() })
      .onConflictDoNothing();
  }
  // Whichever instance was first, its secret is the one to use.
  const value = known ?? (await find(db, name));
  if (value?.length !== length) throw new Error(`The database's secret ${name} is not of ${length} bytes.`);
  return value;
}

async function find(db: Db, name: string): Promise<Buffer | undefined> {
  const [row] = await db.select({ value: secrets.value }).from(secrets).where(eq(secrets.name, name));
  return row?.value;
}
