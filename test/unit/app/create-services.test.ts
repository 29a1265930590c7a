import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createServices } from '../../../src/app/create-services.js';
import type { Foundations } from '../../../src/app/foundations.js';
import { openBackend, type IdentityBackend } from '../../../src/app/identity-backend.js';
import { parseConfig, type Config } from '../../../src/config.js';
import { inProcessClient } from '../../../src/embedded/in-process-client.js';
import { noSharedDecisions } from '../../../src/services/authorization/decision-cache/no-shared-decisions.js';
import type { RenewalListener } from '../../../src/services/authorization/decision-cache/shared-decisions.js';
import { BypassCache } from '../../../src/services/cache/bypass-cache.js';
import { systemClock } from '../../../src/services/clock.js';
import type { Database } from '../../../src/services/database/database.js';
import { systemRandomness } from '../../../src/services/randomness.js';
import { openLimitStores, type LimitStores } from '../../../src/services/rate-limiting/open-limit-stores.js';
import { openTestDatabase } from '../../support/database.js';

let dataDir: string;
let config: Config;
let database: Database;
let backend: IdentityBackend;
let limits: LimitStores;
const foundations: Foundations = {
  clock: systemClock,
  randomness: systemRandomness,
  logger: pino({ level: 'silent' }),
  openDatabase: openTestDatabase,
  pace: (work) => work(),
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'portcullis-services-'));
  config = parseConfig({ DATA_DIR: dataDir, BREACHED_PASSWORDS: 'off' });
  database = await openTestDatabase();
  backend = await openBackend(config, database, foundations);
  limits = await openLimitStores({ ...foundations, redisUrl: undefined });
});
afterAll(async () => {
  await limits.close();
  await backend.embedded?.close();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});
/** The embedded store, by a client of the caller's own, and how often it was looked at. */
function watchedStore() {
  const { service } = backend.embedded!.verifiedPermissionsEngine;
  const client = new VerifiedPermissionsClient(inProcessClient(service));
  const looks = { count: 0 };
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'ListPoliciesCommand') looks.count += 1;
        return next(args);
      },
    { step: 'initialize' },
  );
  return { client, looks };
}

/** The services, over a store of decisions that only listens. */
async function setUp(
  embedded: Partial<IdentityBackend['embedded']> = {},
  renew: (subjects: readonly string[]) => Promise<void> = async () => {},
) {
  const { client, looks } = watchedStore();
  const listeners: RenewalListener[] = [];
  const { engine } = await createServices(
    config,
    database,
    {
      cache: new BypassCache(),
      sharedDecisions: {
        ...noSharedDecisions,
        renew,
        onRenewed: (listener) => void listeners.push(listener),
      },
      close: async () => {},
    },
    limits,
    { ...backend, verifiedPermissions: client, embedded: { ...backend.embedded!, ...embedded } },
    foundations,
  );
  const tell: RenewalListener = (subjects) => listeners.forEach((listener) => listener(subjects));
  return { engine, looks, tell };
}

describe('what others are told of at the start', () => {
  it.each([
    [true, [['policies']]],
    [false, []],
  ])('where this start has written policies: %s', async (policiesChanged, told) => {
    const renewed: (readonly string[])[] = [];
    await setUp({ policiesChanged }, async (subjects) => void renewed.push(subjects));
    expect(renewed).toEqual(told);
  });

  it('need not reach them', async () => {
    await setUp({ policiesChanged: true }, () => Promise.reject(new Error('Away.')));
  });
});

describe('what others tell', () => {
  it.each<[string, readonly string[] | null, number]>([
    ['of policies has the store looked at', ['policies'], 1],
    ['may have been missed: the store is looked at', null, 1],
    ['of a person leaves the store alone', ['Identity::User::"ada"'], 0],
  ])('%s', async (_what, subjects, expected) => {
    const { engine, looks, tell } = await setUp();
    tell(subjects);
    await engine.stop();
    expect(looks.count).toBe(expected);
  });
});
