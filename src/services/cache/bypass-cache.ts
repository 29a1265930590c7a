import type { Cache } from './cache.js';

/** Remembers nothing: for instances that share a database and have no store in which to tell each other what changed. */
export class BypassCache implements Cache {
  async read(keys: readonly string[]) {
    return keys.map(() => ({ hit: false, ticket: null }) as const);
  }

  async fill() {
    return false;
  }

  async invalidate() {}

  async suspend() {}

  async ping() {}

  async close() {}
}
