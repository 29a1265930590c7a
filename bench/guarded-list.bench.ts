import { askOnce, requestRate, type Load } from './load.js';
import { TIMES, type Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { startBenchProcess } from './start-process.js';
import { median, medianRatio, takeTurns } from './rounds.js';

/** So many people are listed, with two checks each and one for the list. */
const PEOPLE = [20, 50] as const;
const CONNECTIONS = 4;
/** What answers a few requests a second does so in groups of four: a short round would count one group more or less. */
const LONGER: Partial<Record<Variant, number>> = { 'shield-yoga': 2, 'shield-edge': 2 };

const VARIANTS = ['guarded', 'unguarded', 'shield-yoga', 'shield-edge', 'casl-edge'] as const;
type Variant = (typeof VARIANTS)[number];

interface Place {
  readonly url: string;
  readonly token: string;
}

/** What the list is held against, by what its measurement's id ends with. */
const PEERS: readonly {
  readonly id: string;
  readonly variant: Variant;
  readonly against: string;
  readonly name: string;
  readonly aim: Measurement['aim'];
}[] = [
  {
    id: 'unguarded',
    variant: 'unguarded',
    against: 'itself unguarded',
    name: 'unguarded',
    aim: { relation: '≥', bound: 0.9 },
  },
  {
    id: 'shield',
    variant: 'shield-yoga',
    against: 'graphql-shield on Yoga, asking the same engine',
    name: 'Yoga with shield',
    aim: { relation: '≥', bound: 5 },
  },
  {
    id: 'shield-edge',
    variant: 'shield-edge',
    against: 'graphql-shield in the same server, asking the same engine',
    name: 'shield',
    aim: null,
  },
  {
    id: 'casl',
    variant: 'casl-edge',
    against: 'CASL in the same server, which decides by rules in code and knows no policies',
    name: 'CASL',
    aim: null,
  },
];

/**
 * Requests a second of a guarded list whose decisions are remembered in the process, against the same list unguarded, and
 * behind other guards.
 */
export async function measureGuardedList({ rounds, seconds, warmUpSeconds }: Effort): Promise<Measurement[]> {
  const servers = await Promise.all(
    VARIANTS.map((variant) => startBenchProcess<Place>('list-server', [variant])),
  );
  try {
    const places = servers.map(({ details }) => details);
    const measurements: Measurement[] = [];
    for (const people of PEOPLE) {
      const loads = await Promise.all(places.map((place) => loadOf(place, people)));
      await Promise.all(loads.map((load) => rateOf(load, warmUpSeconds)));
      const contenders = Object.fromEntries(
        VARIANTS.map((variant, index) => [
          variant,
          () => rateOf(loads[index], seconds * (LONGER[variant] ?? 1)),
        ]),
      ) as Record<Variant, () => Promise<number>>;
      measurements.push(...measurementsOf(people, await takeTurns(contenders, rounds)));
    }
    return measurements;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function measurementsOf(people: number, rates: Record<Variant, readonly number[]>): Measurement[] {
  const rate = (variant: Variant) => ({ value: median(rates[variant]), unit: 'requests/s' });
  return PEERS.map(({ id, variant, against, name, aim }) => ({
    id: people === PEOPLE[0] ? `b-${id}` : `b-${people}-${id}`,
    title: `a guarded list of ${people} people, warm, against ${against}`,
    ours: rate('guarded'),
    peer: { name, ...rate(variant) },
    value: medianRatio(rates.guarded, rates[variant]),
    unit: TIMES,
    aim,
  }));
}

async function rateOf(load: Load | undefined, seconds: number): Promise<number> {
  const [request] = load?.requests ?? [];
  if (load === undefined || request === undefined) throw new Error('A server is missing.');
  const rate = await requestRate(load, seconds);
  // Lists that nobody waits for any more are made to the end: that is not to be the next one's time.
  await askOnce(load.url, request, load.token);
  return rate;
}

/** @throws Error where the list is not the one that all servers are to answer */
async function loadOf({ url, token }: Place, people: number): Promise<Load> {
  const request = {
    query: `{ users(first: ${people}, filter: { userType: END_USER }) { nodes { id email name } } }`,
  };
  const answer = await askOnce(url, request, token);
  const { data, errors } = JSON.parse(answer) as {
    data?: { users: { nodes: { email: string | null }[] } | null } | null;
    errors?: unknown;
  };
  const emails = data?.users?.nodes.map(({ email }) => email) ?? [];
  if (errors !== undefined || emails.length !== people || emails.some((email) => email === null)) {
    throw new Error(`${url} answered something else than the list: ${answer.slice(0, 500)}`);
  }
  return { url, token, requests: [request], connections: CONNECTIONS, isAnswer: (body) => body === answer };
}
