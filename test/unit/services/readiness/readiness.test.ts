import { describe, expect, it } from 'vitest';

import { createLogger } from '../../../../src/services/create-logger.js';
import type { Dependency } from '../../../../src/services/readiness/dependency.js';
import { createReadiness } from '../../../../src/services/readiness/readiness.js';
import { FakeClock } from '../../../support/fake-clock.js';

/** A dependency whose checks end when the test says so. */
class Held implements Dependency {
  readonly goodForMs = 10_000;
  readonly isEssential = true;
  checks = 0;
  settle: (failure?: Error) => void = () => {};

  constructor(readonly name: string) {}

  check = () =>
    new Promise<void>((resolve, reject) => {
      this.checks += 1;
      this.settle = (failure) => (failure ? reject(failure) : resolve());
    });
}

function setUp(
  dependencies: readonly (Partial<Dependency> & Pick<Dependency, 'name'>)[],
  deadline?: () => AbortSignal,
) {
  const clock = new FakeClock();
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const readiness = createReadiness(
    dependencies.map((dependency) => ({
      isEssential: true,
      goodForMs: 10_000,
      check: async () => {},
      ...dependency,
    })),
    { clock, logger, deadline },
  );
  const logged = () =>
    lines.map((line) => JSON.parse(line) as { msg: string; dependency: string; err?: { message: string } });
  return { readiness, clock, logged };
}

const failing = async () => {
  throw new Error('connect ECONNREFUSED');
};

describe('the report', () => {
  it.each([
    ['all are there', [], 'up'],
    ['one is away that nothing depends on', ['cache'], 'degraded'],
    ['one is away that requests depend on', ['database'], 'down'],
    ['both are', ['cache', 'database'], 'down'],
  ] as const)('when %s', async (_when, away: readonly string[], status) => {
    const { readiness } = setUp(
      ['database', 'cache', 'pools'].map((name) => ({
        name,
        isEssential: name !== 'cache',
        ...(away.includes(name) && { check: failing }),
      })),
    );
    expect(await readiness.report()).toEqual({
      status,
      checks: {
        database: away.includes('database') ? 'down' : 'up',
        cache: away.includes('cache') ? 'down' : 'up',
        pools: 'up',
      },
    });
  });

  it.each(['stale', 'failing'])('is degraded where one that requests depend on is %s', async (state) => {
    const { readiness } = setUp([{ name: 'policies', check: async () => state }, { name: 'database' }]);
    expect(await readiness.report()).toEqual({
      status: 'degraded',
      checks: { policies: state, database: 'up' },
    });
  });

  it('asks all at the same time, and once for all who want to know', async () => {
    const [one, other] = [new Held('one'), new Held('other')];
    const { readiness } = setUp([one, other]);
    const reports = Promise.all(Array.from({ length: 100 }, () => readiness.report()));
    await Promise.resolve();
    expect([one.checks, other.checks]).toEqual([1, 1]);
    one.settle();
    other.settle(new Error('No answer.'));
    for (const { checks } of await reports) expect(checks).toEqual({ one: 'up', other: 'down' });
  });

  it.each([
    ['a good answer for its time', 10_000, false, 10_000],
    ['a bad one for a second', 10_000, true, 1_000],
    ['a bad one no longer than a good one', 500, true, 500],
  ])('keeps %s', async (_what, goodForMs, fails, keptForMs) => {
    let checks = 0;
    const check = async () => {
      checks += 1;
      if (fails) throw new Error('No answer.');
    };
    const { readiness, clock } = setUp([{ name: 'pools', check, goodForMs }]);
    await readiness.report();
    clock.advance(keptForMs - 1);
    await readiness.report();
    expect(checks).toBe(1);
    clock.advance(1);
    await readiness.report();
    expect(checks).toBe(2);
  });

  it('does not wait longer than it has patience for, and hands the end of it on', async () => {
    const deadline = new AbortController();
    let handedOn: AbortSignal | undefined;
    const check = (signal: AbortSignal) => {
      handedOn = signal;
      return new Promise<void>(() => {});
    };
    const { readiness } = setUp([{ name: 'slow', check }, { name: 'quick' }], () => deadline.signal);
    const report = readiness.report();
    deadline.abort(new Error('Too late.'));
    expect(await report).toEqual({ status: 'down', checks: { slow: 'down', quick: 'up' } });
    expect(handedOn?.aborted).toBe(true);
  });

  it('is made also where a check throws at once', async () => {
    const { readiness } = setUp([
      {
        name: 'broken',
        check: () => {
          throw new Error('Broken.');
        },
      },
    ]);
    expect((await readiness.report()).status).toBe('down');
  });
});

describe('the log', () => {
  it('says once why a dependency went down, and once that it is back', async () => {
    let isAway = false;
    const { readiness, clock, logged } = setUp([
      { name: 'database', check: () => (isAway ? failing() : Promise.resolve()) },
    ]);
    const report = async () => {
      clock.advance(10_000);
      await readiness.report();
    };
    await report();
    expect(logged()).toEqual([]);
    isAway = true;
    for (let probe = 0; probe < 3; probe += 1) await report();
    isAway = false;
    for (let probe = 0; probe < 3; probe += 1) await report();
    expect(logged().map(({ msg, dependency, err }) => [dependency, msg, err?.message])).toEqual([
      ['database', 'A dependency is down.', 'connect ECONNREFUSED'],
      ['database', 'A dependency is back.', undefined],
    ]);
  });
});
