import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pLimit from 'p-limit';

import { GENEROUS_LIMITS } from '../test/support/generous-limits.js';
import { describeDistributions, distinguishability, quantile } from './distribution.js';
import { openEnumerationTarget, type EnumerationTarget } from './enumeration-target.js';
import type { Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { startNode } from './start-process.js';

const READY = /ready on (http:\/\/\S+\/graphql)/;
/** Of each case, in each round. */
const SAMPLES = 40;
/** What V8 compiles while it runs, it has compiled after so many. */
const WARM_UP = 20;
/** How many addresses are made at once. */
const MADE_AT_ONCE = 4;

/** Two addresses, one with an account and one without, that nobody who asks about them may tell apart. */
interface Question {
  readonly id: string;
  readonly title: string;
  /** The mutation that it is about; it is left out where the schema has none of this name. */
  readonly mutation: string;
  /** What it is asked about: each case answers a fresh address each time. */
  readonly cases: Readonly<Record<string, () => Promise<string>>>;
  readonly ask: (target: EnumerationTarget, email: string) => Promise<void>;
}

/** How well the time that an answer takes tells whether an address has an account. */
export async function measureEnumeration({ rounds }: Effort): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const service = await startNode(['scripts/start.mjs'], {
    ready: READY,
    env: { PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'error', BREACHED_PASSWORDS: 'off', ...GENEROUS_LIMITS },
  });
  try {
    const target = await openEnumerationTarget(service.ready);
    const measurements: Measurement[] = [];
    for (const question of questionsTo(target)) {
      if (target.has(question.mutation)) measurements.push(await measure(target, question, rounds * SAMPLES));
    }
    return measurements;
  } finally {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const questionsTo = ({ registered, confirmed, unknown }: EnumerationTarget): readonly Question[] => [
  {
    id: 'login',
    title: 'a wrong password, for an account and for none',
    mutation: 'login',
    cases: { 'an account': confirmed, 'no account': unknown },
    ask: (target, email) => target.login(email),
  },
  {
    id: 'register',
    title: 'a registration of a taken address and of a free one',
    mutation: 'register',
    cases: { taken: confirmed, free: unknown },
    ask: (target, email) => target.register(email),
  },
  {
    id: 'resend',
    title: 'another code, for an account that waits for one and for none',
    mutation: 'resendConfirmation',
    cases: { unconfirmed: registered, 'no account': unknown },
    ask: (target, email) => target.resend(email),
  },
  {
    id: 'resend-confirmed',
    title: 'another code, for an account that needs none and for none',
    mutation: 'resendConfirmation',
    cases: { confirmed, 'no account': unknown },
    ask: (target, email) => target.resend(email),
  },
  {
    id: 'forgot',
    title: 'a forgotten password, of an account and of none',
    mutation: 'forgotPassword',
    cases: { 'an account': confirmed, 'no account': unknown },
    ask: (target, email) => target.forgot(email),
  },
];

async function measure(
  target: EnumerationTarget,
  { id, title, cases, ask }: Question,
  count: number,
): Promise<Measurement> {
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  // The addresses are made first, so that making them is nobody's time.
  const limit = pLimit(MADE_AT_ONCE);
  const turns = await Promise.all(
    Object.entries(cases).flatMap(([name, next]) =>
      Array.from({ length: count + WARM_UP }, () => limit(async () => ({ name, email: await next() }))),
    ),
  );
  for (const { name, email } of shuffled(turns)) {
    const startedAt = performance.now();
    await ask(target, email);
    times.get(name)?.push(performance.now() - startedAt);
  }
  const [one, other] = [...times].map(([name, samples]) => ({ name, samples: samples.slice(WARM_UP) }));
  if (!one || !other) throw new Error('A question has two cases.');
  const [ours, peer] = [one, other].map(({ samples }) => quantile(samples, 0.5));
  const spread = quantile(one.samples, 0.75) - quantile(one.samples, 0.25);
  return {
    id: `enumeration-${id}`,
    title,
    ours: { value: ours ?? NaN, unit: 'ms' },
    peer: { name: other.name, value: peer ?? NaN, unit: 'ms' },
    value: distinguishability(one.samples, other.samples),
    unit: 'guessed right',
    aim: { relation: '≤', bound: 0.6 },
    detail: [
      ...describeDistributions([one, other]),
      `medians differ by ${Math.abs((ours ?? 0) - (peer ?? 0)).toFixed(2)} ms; half of the first lie within ${spread.toFixed(2)} ms`,
    ],
  };
}

/** Fisher and Yates's shuffle. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const result = [...items];
  for (let place = result.length - 1; place > 0; place -= 1) {
    const other = randomInt(place + 1);
    const [a, b] = [result[place], result[other]];
    if (a !== undefined && b !== undefined) [result[place], result[other]] = [b, a];
  }
  return result;
}
