import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openGround, type Ground } from '../../fuzz/ground.js';
import { playRounds } from '../../fuzz/play.js';
import { Tally } from '../../fuzz/tally.js';
import { openTestDatabase } from '../support/database.js';
import { startOwnRedis, type OwnRedis } from '../support/servers.js';

const ROUNDS = 120;
const SEED = 5;

describe('the decision path', () => {
  let redis: OwnRedis;
  let ground: Ground;
  beforeAll(async () => {
    redis = await startOwnRedis();
    ground = await openGround({ redisUrl: redis.value, openDatabase: openTestDatabase });
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
