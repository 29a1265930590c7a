import { fileURLToPath } from 'node:url';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import pino from 'pino';

import { inProcessRequestHandler, type InProcessRequestHandler } from '../src/embedded/aws-json.js';
import { createVerifiedPermissionsEngine } from '../src/embedded/verified-permissions/index.js';
import type { Authorizer } from '../src/services/authorization/authorizer.js';
import { createMemorySharedDecisions } from '../src/services/authorization/decision-cache/memory-shared-decisions.js';
import { openRedisSharedDecisions } from '../src/services/authorization/decision-cache/redis-shared-decisions.js';
import type { SharedDecisions } from '../src/services/authorization/decision-cache/shared-decisions.js';
import type { Database } from '../src/services/database/database.js';
import { openDatabase } from '../src/services/database/open-database.js';
import { makeTemplate } from '../src/services/database/template.js';
import { systemRandomness } from '../src/services/randomness.js';
import { createMetrics } from '../src/services/telemetry/metrics.js';
import { createBareEngine, type BareEngine } from './bare-engine.js';
import { FuzzClock } from './fuzz-clock.js';
import type { Served } from './http/served.js';
import { openRedisFaults, type RedisFaults } from './redis-faults.js';
import { createTrappingEngine, type TrappingEngine } from './trapping-engine.js';

/** Where the decisions of one or two instances are shared. */
export interface Sharing {
  readonly name: 'memory' | 'Redis' | 'a Redis that is gone';
  /** Opens one for each instance. */
  readonly open: () => Promise<SharedDecisions[]>;
}

/** What all rounds have in common. */
export interface Ground {
  readonly clock: FuzzClock;
  readonly logger: pino.Logger;
  readonly metrics: ReturnType<typeof createMetrics>;
  /** Verified Permissions, embedded. */
  readonly avp: InProcessRequestHandler;
  readonly cedar: TrappingEngine;
  readonly bare: BareEngine;
  readonly sharings: readonly Sharing[];
  readonly redisFaults: RedisFaults | undefined;
  /** The service at work; undefined where nothing is asked over HTTP. */
  readonly served: Served | undefined;
  /** Puts something in front of an engine. */
  readonly plant: (engine: Authorizer) => Authorizer;
  close(): Promise<void>;
}

const templateCache = fileURLToPath(new URL('../node_modules/.cache/portcullis/', import.meta.url));

export interface GroundOptions {
  /** A Redis that nobody else uses; memory alone when left out. */
  readonly redisUrl?: string | undefined;
  /** One in memory of its own, when left out. */
  readonly openDatabase?: () => Promise<Database>;
  /** Starts the service to ask over HTTP. */
  readonly serve?: () => Promise<Served>;
  /** For who wants to see a bug found: puts it in front of each engine. */
  readonly plant?: (engine: Authorizer) => Authorizer;
}

export async function openGround({
  redisUrl,
  openDatabase: open = openOwn,
  serve,
  plant = (engine) => engine,
}: GroundOptions): Promise<Ground> {
  const clock = new FuzzClock();
  const logger = pino({ level: 'silent' });
  const cedar = createTrappingEngine(clock);
  const database = await open();
  const foundations = { db: database.db, clock, randomness: systemRandomness, logger };
  const engine = createVerifiedPermissionsEngine({ ...foundations, cedar: cedar.engine });
  const keyPrefix = 'fuzz:';
  const openShared = (url: string) =>
    openRedisSharedDecisions({ url, keyPrefix, clock, randomness: systemRandomness, logger });
  const sharings: Sharing[] = [
    { name: 'memory', open: async () => [createMemorySharedDecisions({ randomness: systemRandomness })] },
  ];
  if (redisUrl !== undefined) {
    sharings.push(
      { name: 'Redis', open: () => Promise.all([openShared(redisUrl), openShared(redisUrl)]) },
      { name: 'a Redis that is gone', open: async () => [await openShared('redis://127.0.0.1:1')] },
    );
  }
  const redisFaults = redisUrl === undefined ? undefined : await openRedisFaults(redisUrl, keyPrefix);
  const served = await serve?.();
  return {
    clock,
    logger,
    metrics: createMetrics(),
    avp: inProcessRequestHandler(engine.service),
    cedar,
    bare: createBareEngine(),
    sharings,
    redisFaults,
    served,
    plant,
    async close() {
      await served?.close();
      redisFaults?.close();
      await database.close();
    },
  };
}

export async function openOwn(): Promise<Database> {
  await mkdir(templateCache, { recursive: true });
  const templateFolder = dirname(await makeTemplate(templateCache));
  return openDatabase({ memory: true }, { logger: pino({ level: 'silent' }), templateFolder });
}
