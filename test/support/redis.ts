import { randomUUID } from 'node:crypto';

import { sharedThing } from './shared-thing.js';

export interface TestRedis {
  readonly url: string;
  /** Keeps one test file's keys apart from another's. */
  readonly keyPrefix: string;
}

/** A real Redis, and a part of its keys that is the caller's own. */
export async function createTestRedis(): Promise<TestRedis> {
  return { url: await sharedThing('redis'), keyPrefix: `test:${randomUUID()}:` };
}
