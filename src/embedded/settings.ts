import { eq } from 'drizzle-orm';

import type { Db } from '../services/database/database.js';
import { settings } from '../services/database/schema/identity.js';

/** Small facts that the database remembers. */
export interface Settings {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
}

export const createSettings = (db: Db): Settings => ({
  async get(name) {
    const [row] = await db.select().from(settings).where(eq(settings.name, name));
    return row?.value;
  },

  async set(name, value) {
    await db
      .insert(settings)
      .values({ name, value })
      .onConflictDoUpdate({ target: settings.name, set: { value } });
  },
});
