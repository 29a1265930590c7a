import { PGlite, type PGliteOptions } from '@electric-sql/pglite';

/** What PostgreSQL is told in place of what a data directory was made with. */
const SETTINGS = [
  // All of it is taken at once, and 128 MB by default. The file system keeps what does not fit.
  'shared_buffers=32MB',
  // A plan that was made for a table while it was empty would stay in use: nothing analyses the tables here.
  'plan_cache_mode=force_custom_plan',
];

/** Opens a PGlite with settings that suit a process that has other things to hold. */
export const createPglite = (options: PGliteOptions): Promise<PGlite> =>
  PGlite.create({
    ...options,
    startParams: [...PGlite.defaultStartParams, ...SETTINGS.flatMap((setting) => ['-c', setting])],
  });
