import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openGround, type Ground } from '../../fuzz/ground.js';
import { serve } from '../../fuzz/http/served.js';
import { playRounds, RoundError } from '../../fuzz/play.js';
import { Tally } from '../../fuzz/tally.js';
import type { Authorizer } from '../../src/services/authorization/authorizer.js';
import { openTestDatabase } from '../support/database.js';
import { startOwnRedis, type OwnRedis } from '../support/servers.js';

const ROUNDS = 12;
/** Of its rounds the last few go over HTTP. */
const SEED = 54;
/** Its first round has what it takes. */
const SEED_OF_BUG = 10;

describe('the decision path', () => {
  let redis: OwnRedis;
  let ground: Ground;
  beforeAll(async () => {
    redis = await startOwnRedis();
    ground = await openGround({
      redisUrl: redis.value,
      openDatabase: openTestDatabase,
      serve: () => serve({ AUTHORIZATION_ENGINE: 'avp' }, openTestDatabase),
    });
  });
  afterAll(async () => {
    await ground.close();
    await redis.stop();
  });

  it(
    'never allows what a bare engine denies, whatever is asked and whatever fails',
    { timeout: 300_000 },
    async () => {
      const tally = new Tally();
      await playRounds(ground, SEED, tally, () => tally.rounds < ROUNDS);
      expect(tally.rounds).toBe(ROUNDS);
    },
  );
});

/** An engine that allows whatever is asked about a resource with a quote for its id. */
const withBug = (engine: Authorizer): Authorizer => ({
  async authorize(questions, entities, deadline) {
    const rulings = await engine.authorize(questions, entities, deadline);
    return rulings.map((ruling, index) =>
      questions[index]?.resource.id === '"'
        ? { kind: 'answered', effect: 'ALLOW', determiningPolicies: [], errors: [] }
        : ruling,
    );
  },
});

describe('a bug', () => {
  it('is found, and shown by no more than it takes', { timeout: 60_000 }, async () => {
    const ground = await openGround({ openDatabase: openTestDatabase, plant: withBug });
    const found = await playRounds(ground, SEED_OF_BUG, new Tally(), () => true).catch(
      (error: unknown) => error,
    );
    await ground.close();
    if (!(found instanceof RoundError)) throw found;
    expect(found.message).toMatch(/ALLOW that the bare engine denies\.$/);
    const [steps, ...others] = [...(found.reproduction?.rounds.values() ?? [])];
    expect(others).toEqual([]);
    expect(steps).toMatchObject([{ shown: { question: { resource: { id: '"' } } } }]);
    expect(found.print()).toContain(
      `Again: npm run fuzz:decisions -- --seed ${SEED_OF_BUG} --from ${found.failure.last}`,
    );
  });
});
