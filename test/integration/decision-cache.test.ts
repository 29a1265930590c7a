import { CreatePolicyCommand } from '@aws-sdk/client-verifiedpermissions';
import { Redis } from 'ioredis';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { createAvpAuthorizer } from '../../src/services/authorization/avp-authorizer.js';
import {
  createDecisionCache,
  type DecisionCache,
} from '../../src/services/authorization/decision-cache/decision-cache.js';
import { openRedisSharedDecisions } from '../../src/services/authorization/decision-cache/redis-shared-decisions.js';
import type { SharedDecisions } from '../../src/services/authorization/decision-cache/shared-decisions.js';
import { createDecisionLoader } from '../../src/services/authorization/decision-loader.js';
import type { Decision } from '../../src/services/authorization/decision.js';
import type { Question } from '../../src/services/authorization/question.js';
import type { Database } from '../../src/services/database/database.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createMetrics } from '../../src/services/telemetry/metrics.js';
import { openTestDatabase } from '../support/database.js';
import { FakeClock } from '../support/fake-clock.js';
import { makePolicyStore, type PolicyStore } from '../support/policy-store.js';
import { recordingHandler, type RecordingHandler } from '../support/recording-handler.js';
import { createTestRedis, type TestRedis } from '../support/redis.js';
import { verifiedPermissionsClient } from '../support/verified-permissions-client.js';

const CONTENT = {
  policies: { everything: 'permit (principal, action, resource) when { principal.active };' },
};
const logger = pino({ level: 'silent' });

const ask = (who: string, what: string): Question => ({
  principal: { type: 'Person', id: who },
  action: { type: 'Action', id: 'read' },
  resource: { type: 'Thing', id: what },
  context: {},
});

const brief = ({ effect, source }: Pick<Decision, 'effect' | 'source'>) => `${effect} ${source}`;

/** One instance of the service, as far as it decides: it shares Redis and the policy store with the others. */
interface Instance {
  readonly cache: DecisionCache;
  readonly shared: SharedDecisions;
  readonly handler: RecordingHandler;
  /** Each as a request of its own. */
  decide(question: Question): Promise<Decision>;
  /** Resolves once this instance has heard of a renewal. */
  hears(): Promise<void>;
}

describe('decisions of two instances', () => {
  let database: Database;
  let store: PolicyStore;
  let redis: TestRedis;
  let server: Redis;
  let clock: FakeClock;
  let isActive: boolean;
  let instances: Instance[] = [];

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const start = async (): Promise<Instance> => {
    const handler = recordingHandler(store.handler);
    const shared = await openRedisSharedDecisions({ ...redis, clock, randomness: systemRandomness, logger });
    const cache = createDecisionCache({ shared, policies: () => store.policyStoreId, clock });
    const metrics = createMetrics();
    const options = { clock, randomness: systemRandomness, logger, metrics };
    const authorizer = createAvpAuthorizer({
      ...options,
      client: verifiedPermissionsClient(handler),
      policyStoreId: store.policyStoreId,
      deadline: () => new AbortController().signal,
    });
    return {
      cache,
      shared,
      handler,
      decide: async (question) =>
        createDecisionLoader({
          ...options,
          authorizer,
          cache,
          catalog: { schema: async () => undefined },
          entities: {
            load: async ({ principals }) => ({
              entities: principals.map((uid) => ({ uid, attrs: { active: isActive }, parents: [] })),
              absent: new Set(),
              failed: new Map(),
            }),
          },
        }).decide(question),
      hears: () => new Promise((resolve) => shared.onRenewed((subjects) => subjects && resolve())),
    };
  };

  let one: Instance;
  let other: Instance;
  beforeEach(async () => {
    store = await makePolicyStore(database.db, CONTENT);
    redis = await createTestRedis();
    server = new Redis(redis.url, { keyPrefix: redis.keyPrefix });
    clock = new FakeClock();
    isActive = true;
    [one, other] = [await start(), await start()];
    instances = [one, other];
    return async () => {
      await Promise.all([...instances.map(({ shared }) => shared.close()), server.quit()]);
    };
  });

  const forbidEverything = async () => {
    const definition = { static: { statement: 'forbid (principal, action, resource);' } };
    await store.client.send(new CreatePolicyCommand({ policyStoreId: store.policyStoreId, definition }));
  };

  /** Until what an instance keeps has reached Redis. */
  const untilKept = async () => {
    while ((await server.keys(`${redis.keyPrefix}d:*`)).length === 0) await server.ping();
  };

  it('are made once and known to both', async () => {
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('ALLOW ENGINE');
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('ALLOW CACHE');
    await untilKept();
    const known = await other.decide(ask('ada', 'box'));
    expect(brief(known)).toBe('ALLOW CACHE');
    expect(known.determiningPolicies).toEqual([store.idOf('everything')]);
    expect(other.handler.calls).toEqual([]);
  });

  it('are remembered where they deny, too', async () => {
    isActive = false;
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('DENY ENGINE');
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('DENY CACHE');
  });

  it('are read of Redis by one command, however many there are', async () => {
    await one.decide(ask('ada', 'box'));
    await untilKept();
    const sent = vi.spyOn(Redis.prototype, 'sendCommand');
    await other.cache.lookUp(
      Array.from({ length: 300 }, (_, index) => ({
        asked: 'whether Ada may look at it',
        resource: `thing ${index}`,
        facts: 'what is known of it',
        principal: 'Person::"ada"',
      })),
    );
    const names = sent.mock.calls.map(([{ name }]) => name);
    sent.mockRestore();
    expect(names).toEqual(['mget']);
  });

  it('hold no longer once another instance has changed the policies', async () => {
    await one.decide(ask('ada', 'box'));
    await untilKept();
    const heard = one.hears();
    await forbidEverything();
    await other.cache.forgetAll();
    await heard;
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('DENY ENGINE');
    expect(brief(await other.decide(ask('ada', 'box')))).toMatch('DENY');
  });

  it('hold no longer once another instance has changed the principal', async () => {
    await Promise.all([one.decide(ask('ada', 'box')), one.decide(ask('bob', 'box'))]);
    const heard = one.hears();
    await other.cache.forgetPrincipal('Person::"ada"');
    await heard;
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('ALLOW ENGINE');
    expect(brief(await one.decide(ask('bob', 'box')))).toBe('ALLOW CACHE');
  });

  it('are not taken for decisions about somebody who has changed, whoever has heard of it', async () => {
    await one.decide(ask('ada', 'box'));
    isActive = false;
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('DENY ENGINE');
  });

  it('of a slow reader are not kept when what they rest on has changed meanwhile', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => void (release = resolve));
    const answered = new Promise<void>((resolve) => {
      const handle = one.handler.handle.bind(one.handler);
      one.handler.handle = async (...call) => {
        const reply = await handle(...call);
        resolve();
        await held;
        return reply;
      };
    });
    const slow = one.decide(ask('ada', 'box'));
    await answered;
    const heard = one.hears();
    await forbidEverything();
    await other.cache.forgetAll();
    await heard;
    release();
    // It was asked before the change.
    expect(brief(await slow)).toBe('ALLOW ENGINE');
    await untilKept();
    expect(brief(await other.decide(ask('ada', 'box')))).toBe('DENY ENGINE');
    expect(brief(await one.decide(ask('ada', 'box')))).toMatch('DENY');
  });

  it('come from the engine where Redis holds garbage', async () => {
    await one.decide(ask('ada', 'box'));
    await untilKept();
    for (const key of await server.keys(`${redis.keyPrefix}*`)) {
      await server.set(key.slice(redis.keyPrefix.length), '["ALLOW"');
    }
    expect(brief(await other.decide(ask('ada', 'box')))).toBe('ALLOW ENGINE');
    // What stood there instead of an epoch has made way for one.
    await other.decide(ask('ada', 'box'));
    expect(brief(await other.decide(ask('ada', 'box')))).toBe('ALLOW CACHE');
  });

  it('come from the engine where Redis holds decisions under the keys of others', async () => {
    await one.decide(ask('ada', 'box'));
    await untilKept();
    const [permitted = ''] = await server.keys(`${redis.keyPrefix}d:*`);
    isActive = false;
    await one.decide(ask('ada', 'box'));
    while ((await server.keys(`${redis.keyPrefix}d:*`)).length < 2) await server.ping();
    const [denied = ''] = (await server.keys(`${redis.keyPrefix}d:*`)).filter((key) => key !== permitted);
    const nameOf = (key: string) => key.slice(redis.keyPrefix.length);
    await server.copy(nameOf(permitted), nameOf(denied), 'REPLACE');
    expect(brief(await other.decide(ask('ada', 'box')))).toBe('DENY ENGINE');
  });

  it('come from the engine where Redis holds something else than text', async () => {
    await one.decide(ask('ada', 'box'));
    await untilKept();
    for (const key of await server.keys(`${redis.keyPrefix}*`)) {
      const name = key.slice(redis.keyPrefix.length);
      await server.del(name);
      await server.lpush(name, 'what');
    }
    clock.advance(1_000);
    for (const instance of instances)
      expect(brief(await instance.decide(ask('ada', 'box')))).toBe('ALLOW ENGINE');
  });

  it('come from the engine once Redis is gone', async () => {
    await one.decide(ask('ada', 'box'));
    await one.shared.close();
    clock.advance(1_000);
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('ALLOW ENGINE');
    isActive = false;
    expect(brief(await one.decide(ask('ada', 'box')))).toBe('DENY ENGINE');
  });
});
