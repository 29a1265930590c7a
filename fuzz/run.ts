import { openGround, openOwn } from './ground.js';
import { chosenEngine, serve } from './http/served.js';
import { readOptions, type FuzzOptions } from './options.js';
import { redisOnPath } from './own-redis.js';
import { playRounds, RoundError } from './play.js';
import { DEADLINE_MS } from './request.js';
import { Tally } from './tally.js';

async function main({ seconds, seed, from }: FuzzOptions): Promise<void> {
  console.log(`Seed ${seed}, for ${seconds} seconds.`);
  const redis = await redisOnPath();
  if (redis === undefined)
    console.log('There is no redis-server on the PATH: decisions are shared in memory alone.');
  const ground = await openGround({
    redisUrl: redis?.value,
    serve: () => serve(chosenEngine(seed), openOwn),
  });
  const tally = new Tally();
  const until = performance.now() + seconds * 1_000;
  try {
    await playRounds(ground, seed, tally, () => performance.now() < until, from);
  } catch (error) {
    if (!(error instanceof RoundError)) throw error;
    console.error(error.print());
    process.exitCode = 1;
  } finally {
    for (const { labels, value } of (await ground.metrics.comparisons.get()).values) {
      tally.count('comparisons of engines', String(labels.outcome), value);
    }
    console.log(tally.print(DEADLINE_MS));
    await ground.close();
    await redis?.stop();
  }
}

/** @returns undefined where they make no sense, having said why */
function optionsGiven(): FuzzOptions | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
    return undefined;
  }
}

const options = optionsGiven();
(options === undefined ? Promise.resolve() : main(options))
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  // What never answers, as some of the engines did, must not keep the process.
  .finally(() => process.exit());
