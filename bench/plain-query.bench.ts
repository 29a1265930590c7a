import { askOnce, requestRate, type Load } from './load.js';
import { TIMES, type Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { startBenchProcess } from './start-process.js';
import { median, medianRatio, takeTurns } from './rounds.js';

const QUERY = { query: '{ products { id name price inStock maker { id name country } tags } }' };
const CONNECTIONS = 10;

const SERVERS = ['portcullis', 'apollo', 'yoga', 'mercurius'] as const;

/** Requests a second of one unguarded query, answered from memory, against other servers. */
export async function measurePlainQuery({ rounds, seconds }: Effort): Promise<Measurement[]> {
  const servers = await Promise.all(
    SERVERS.map((name) => startBenchProcess<{ url: string }>('catalogue-server', [name])),
  );
  try {
    const answers = await Promise.all(servers.map(({ details }) => askOnce(details.url, QUERY)));
    const size = answers[0]?.length ?? 0;
    // Apollo Server ends an answer with a new line.
    if (new Set(answers.map((answer) => answer.trim())).size > 1) {
      throw new Error('The servers differ in their answers.');
    }

    const [portcullis, apollo, yoga, mercurius] = servers.map(({ details: { url } }, index) => {
      const load: Load = {
        url,
        requests: [QUERY],
        connections: CONNECTIONS,
        isAnswer: (body) => body === answers[index],
      };
      return () => requestRate(load, seconds);
    });
    if (!portcullis || !apollo || !yoga || !mercurius) throw new Error('A server is missing.');
    const contenders = { portcullis, apollo, yoga, mercurius };
    // What is compiled while it runs is compiled now.
    await takeTurns(contenders, 1);
    const rates = await takeTurns(contenders, rounds);

    const beside = (
      id: string,
      name: string,
      peer: keyof typeof contenders,
      aim: Measurement['aim'],
    ): Measurement => ({
      id: `f-${id}`,
      title: `an unguarded query of ${(size / 1000).toFixed(1)} kB`,
      ours: { value: median(rates.portcullis), unit: 'requests/s' },
      peer: { name, value: median(rates[peer]), unit: 'requests/s' },
      value: medianRatio(rates.portcullis, rates[peer]),
      unit: TIMES,
      aim,
    });
    return [
      beside('apollo', 'bare Apollo Server on Fastify', 'apollo', { relation: '>', bound: 1 }),
      beside('yoga', 'GraphQL Yoga', 'yoga', { relation: '>', bound: 1 }),
      beside('mercurius', 'Mercurius with JIT', 'mercurius', null),
    ];
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
