import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import type { Randomness } from '../../services/randomness.js';
import type { CompiledStores } from './compiled-stores.js';

/** What the operations are made of. Each asks for the part that it needs. */
export interface Context {
  readonly db: Db;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly compiledStores: CompiledStores;
}

/** The database, or a transaction of it. */
export type Queries = Pick<Db, 'select' | 'insert' | 'update' | 'delete'>;
