import { askOnce, requestRate, type Load } from './load.js';
import { TIMES, type Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { startBenchProcess } from './start-process.js';
import { median, medianRatio, takeTurns } from './rounds.js';

/** 41 checks: one of the list, two of each person. */
const LIST = { query: '{ users(first: 20, filter: { userType: END_USER }) { nodes { id email name } } }' };
const CONNECTIONS = 8;
/** Some tens of requests a second come in groups of eight: a short round would count one group more or less. */
const LONGER = 3;

/** Requests a second of a guarded list, against the same list unguarded, and behind rules that ask one by one. */
export async function measureGuardedList({ rounds, seconds, warmUpSeconds }: Effort): Promise<Measurement[]> {
  const servers = await Promise.all(
    ['guarded', 'unguarded', 'shield'].map((variant) =>
      startBenchProcess<{ url: string; token: string }>('list-server', [variant]),
    ),
  );
  try {
    const [guarded, unguarded, shield] = await Promise.all(
      servers.map(async ({ details }) => {
        const load = await loadOf(details);
        await requestRate(load, warmUpSeconds);
        return () => requestRate(load, seconds * LONGER);
      }),
    );
    if (!guarded || !unguarded || !shield) throw new Error('A server is missing.');
    const rates = await takeTurns({ guarded, unguarded, shield }, rounds);
    const rate = (name: keyof typeof rates) => ({ value: median(rates[name]), unit: 'requests/s' });
    return [
      {
        id: 'b-shield',
        title: 'a guarded list of 20 people, against graphql-shield on Yoga',
        ours: rate('guarded'),
        peer: { name: 'Yoga with shield', ...rate('shield') },
        value: medianRatio(rates.guarded, rates.shield),
        unit: TIMES,
        aim: { relation: '≥', bound: 3 },
      },
      {
        id: 'b-unguarded',
        title: 'the same list, against itself unguarded',
        ours: rate('guarded'),
        peer: { name: 'unguarded', ...rate('unguarded') },
        value: medianRatio(rates.guarded, rates.unguarded),
        unit: TIMES,
        aim: null,
      },
    ];
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** @throws Error where the list is not the one that all servers are to answer */
async function loadOf({ url, token }: { url: string; token: string }): Promise<Load> {
  const answer = await askOnce(url, LIST, token);
  const { data, errors } = JSON.parse(answer) as {
    data?: { users: { nodes: { email: string | null }[] } | null } | null;
    errors?: unknown;
  };
  const emails = data?.users?.nodes.map(({ email }) => email) ?? [];
  if (errors !== undefined || emails.length !== 20 || emails.some((email) => email === null)) {
    throw new Error(`${url} answered something else than the list: ${answer.slice(0, 500)}`);
  }
  return { url, token, requests: [LIST], connections: CONNECTIONS, isAnswer: (body) => body === answer };
}
