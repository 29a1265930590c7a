import { startRedis } from '../test/support/servers.js';
import { quantile } from './distribution.js';
import { latencies, type Duration, type Repeated } from './latency.js';
import { askOnce, requestRate } from './load.js';
import { TIMES, type Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { median, medianRatio, takeTurns, type Contender } from './rounds.js';
import { startBenchProcess, type MeasuredProcess } from './start-process.js';
import { USER_ACTIONS } from './user-actions.js';

const ENGINES = ['avp', 'local'] as const;
const CHECKS = [1, 30, 100, 1_000] as const;
/**
 * Where the answers are: nowhere, so that the engine is asked; in Redis alone; in the memory of the process; or they are made up,
 * and nothing is left but to be asked and to answer.
 */
const STATES = ['cold', 'redis', 'process', 'made-up'] as const;

type Engine = (typeof ENGINES)[number];
type State = (typeof STATES)[number];

const STATE_TEXT: Record<State, string> = {
  cold: 'cold',
  redis: 'warm in Redis',
  process: 'warm in process',
  'made-up': 'made up',
};
/** As many requests at once warm a server up. */
const CONNECTIONS = 4;
const QUERY =
  'query ($checks: [DecisionCheck!]!, $fresh: Boolean) { decisions(checks: $checks, fresh: $fresh) { allowed reason } }';
const TRIVIAL = { query: '{ __typename }' };
const TRIVIAL_ANSWER = '{"data":{"__typename":"Query"}}\n';
const LIMIT_MS = 2;
/** Up to so many checks are held to the limit. */
const LIMITED = 100;
/** What is held against a bare loop, and asked without HTTP and GraphQL. */
const OPERATION = 100;
/** So many in a round. */
const OPERATIONS = 200;

/** Of one engine: alone, and beside a Redis. */
interface Servers {
  readonly alone: Server;
  readonly withRedis: Server;
}

interface Server extends MeasuredProcess {
  readonly details: { decided: string; madeUp: string; token: string; ids: readonly string[] };
}

/** One kind of request, and all that was measured of it. */
interface Case {
  readonly id: string;
  readonly engine: Engine;
  readonly state: State;
  readonly checks: number;
  readonly repeated: Repeated;
  /** Of each round. */
  readonly taken: number[][];
}

/** What `decisions` takes over HTTP, on one connection, and whole operations against a bare loop over the same checks. */
export async function measureLatency({ rounds, seconds, warmUpSeconds }: Effort): Promise<Measurement[]> {
  const redis = await startRedis();
  const started: Server[] = [];
  const start = async (...args: string[]): Promise<Server> => {
    const server = await startBenchProcess<Server['details']>('decision-server', args);
    started.push(server);
    return server;
  };
  try {
    const avp = { alone: await start('avp'), withRedis: await start('avp', redis.value) };
    const local = { alone: await start('local'), withRedis: await start('local', redis.value) };
    const servers: Record<Engine, Servers> = { avp, local };
    const cases = await Promise.all(
      ENGINES.flatMap((engine) =>
        STATES.flatMap((state) => CHECKS.map((checks) => openCase(engine, state, checks, servers[engine]))),
      ),
    );
    const paths: Record<Engine, number[][]> = { avp: [], local: [] };
    const duration: Duration = { milliseconds: seconds * 200, requests: 3 };
    const contenders = Object.fromEntries<Contender>([
      ...cases.map((one) => [one.id, () => measureCase(one, duration)] as const),
      ...ENGINES.map((engine) => [`trivial-${engine}`, trivial(servers[engine].alone, duration)] as const),
      ['bare', () => local.alone.tell({ checks: OPERATION }) as Promise<number>],
      ...ENGINES.map(
        (engine) => [`path-${engine}`, () => decideAgain(servers[engine].alone, paths[engine])] as const,
      ),
    ]);
    await warmUp(cases, warmUpSeconds);
    await takeTurns(contenders, 1);
    for (const taken of [...cases.map((one) => one.taken), ...Object.values(paths)]) taken.length = 0;
    const medians = await takeTurns(contenders, rounds);
    const ratio = (id: string, other: string) => medianRatio(medians[id] ?? [], medians[other] ?? []);
    const operation = caseId('local', 'cold', OPERATION);
    const described = cases.map((one) =>
      describeCase(one, {
        trivial: ratio(one.id, `trivial-${one.engine}`),
        madeUp: ratio(one.id, caseId(one.engine, 'made-up', one.checks)),
      }),
    );
    const measurements = cases.flatMap((one) => measurementsOf(one));
    return [
      {
        id: `${operation}-bare`,
        title: `a whole operation with ${OPERATION} checks, local and cold: time taken`,
        ours: { value: median(medians[operation] ?? []), unit: 'ms' },
        peer: { name: 'statefulIsAuthorized for each', value: median(medians['bare'] ?? []), unit: 'ms' },
        value: ratio(operation, 'bare'),
        unit: TIMES,
        aim: { relation: '≤', bound: 1.5 },
        detail: described,
      },
      ...ENGINES.map((engine): Measurement => ({
        id: `latency-${engine}-path-${OPERATION}-p95`,
        title: `${OPERATION} checks of one operation, ${engine}, warm in process, but for HTTP and GraphQL: p95`,
        value: medianQuantile(paths[engine], 0.95),
        unit: 'ms',
        aim: { relation: '≤', bound: LIMIT_MS },
      })),
      ...measurements,
    ];
  } finally {
    await Promise.all(started.map((server) => server.stop()));
    await redis.stop();
  }
}

const caseId = (engine: Engine, state: State, checks: number) => `latency-${engine}-${state}-${checks}`;

/** What is compiled while it runs is compiled then: of one request after the other that would take minutes. */
async function warmUp(cases: readonly Case[], seconds: number): Promise<void> {
  for (const { repeated, state } of cases) {
    if (state === 'cold') continue;
    const { url, token, request, expected } = repeated;
    const load = { url, token, requests: [request], connections: CONNECTIONS };
    await requestRate({ ...load, isAnswer: (body) => body === expected }, seconds / 4);
  }
}

async function openCase(
  engine: Engine,
  state: State,
  count: (typeof CHECKS)[number],
  { alone, withRedis }: Servers,
): Promise<Case> {
  const { decided, madeUp, token, ids } = (state === 'redis' ? withRedis : alone).details;
  const url = state === 'made-up' ? madeUp : decided;
  const checks = ids
    .flatMap((id) => USER_ACTIONS.map((action) => ({ action, resource: { type: 'User', id } })))
    .slice(0, count);
  const request = { query: QUERY, variables: { checks, fresh: state === 'cold' } };
  const expected = await askOnce(url, request, token);
  const { data } = JSON.parse(expected) as { data?: { decisions: { reason: string }[] } | null };
  const permitted = data?.decisions.filter(({ reason }) => reason === 'PERMITTED').length;
  if (permitted !== count) throw new Error(`${url} answered something else: ${expected.slice(0, 500)}`);
  return {
    id: caseId(engine, state, count),
    engine,
    state,
    checks: count,
    repeated: { url, token, request, expected },
    taken: [],
  };
}

async function measureCase({ repeated, taken }: Case, duration: Duration): Promise<number> {
  const samples = await latencies(repeated, duration);
  taken.push(samples);
  return median(samples);
}

/** What deciding takes alone, from the moment when it is known who asks. */
async function decideAgain(server: Server, taken: number[][]): Promise<number> {
  const samples = (await server.tell({ checks: OPERATION, operations: OPERATIONS })) as number[];
  taken.push(samples);
  return median(samples);
}

/** The median of the rounds' quantiles: a round in which the machine is busy otherwise leaves it alone. */
const medianQuantile = (taken: readonly number[][], share: number): number =>
  median(taken.map((samples) => quantile(samples, share)));

function trivial({ details: { decided: url, token } }: Server, duration: Duration): () => Promise<number> {
  const repeated = { url, token, request: TRIVIAL, expected: TRIVIAL_ANSWER };
  return async () => median(await latencies(repeated, duration));
}

const summaryOf = ({ taken, checks }: Case) => ({
  p50: medianQuantile(taken, 0.5),
  p95: medianQuantile(taken, 0.95),
  p99: medianQuantile(taken, 0.99),
  rate: median(
    taken.map((samples) => (samples.length * checks * 1_000) / samples.reduce((sum, one) => sum + one, 0)),
  ),
});

function measurementsOf(one: Case): Measurement[] {
  const { id, engine, state, checks } = one;
  const { rate, ...times } = summaryOf(one);
  const what = `\`decisions\` with ${checks.toLocaleString('en-US')} checks, ${engine}, ${STATE_TEXT[state]}`;
  return [
    ...Object.entries(times).map(([name, value]): Measurement => {
      const isShown = name === 'p95' && state === 'process';
      const aim = isShown && checks <= LIMITED ? ({ relation: '≤', bound: LIMIT_MS } as const) : null;
      return { id: `${id}-${name}`, title: `${what}: ${name}`, value, unit: 'ms', aim, isInDetail: !isShown };
    }),
    {
      id: `${id}-rate`,
      title: `${what}, one connection`,
      value: rate,
      unit: 'decisions/s',
      aim: null,
      isInDetail: true,
    },
  ];
}

function describeCase(one: Case, times: { readonly trivial: number; readonly madeUp: number }): string {
  const { engine, state, checks } = one;
  const { p50, p95, p99, rate } = summaryOf(one);
  const milliseconds = (value: number) => `${value.toFixed(2).padStart(7)} ms`;
  return [
    `${engine.padEnd(5)} ${STATE_TEXT[state].padEnd(15)} ${String(checks).padStart(4)} checks`,
    ...Object.entries({ p50, p95, p99 }).map(([name, value]) => `${name} ${milliseconds(value)}`),
    `${Math.round(rate).toLocaleString('en-US').padStart(7)} decisions/s`,
    `p50 ${times.trivial.toFixed(1).padStart(5)} × that of { __typename }, ${times.madeUp.toFixed(1)} × that of made-up ones`,
  ].join('  ');
}
