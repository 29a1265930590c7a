import { openGround, openOwn } from './ground.js';
import { chosenEngine, serve } from './http/served.js';
import { readOptions } from './options.js';
import { redisOnPath } from './own-redis.js';
import { playRounds, RoundError } from './play.js';
import { DEADLINE_MS } from './request.js';
import { Tally } from './tally.js';

async function main(): Promise<void> {
  const { seconds, seed, from } = readOptions(process.argv.slice(2));
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

main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  // What never answers, as some of the engines did, must not keep the process.
  .finally(() => process.exit());
