import { buildSchema, graphql, isObjectType, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';

import type { LimitReport, RateLimitContext } from '../../../src/directives/rate-limiter.js';
import { enforceRateLimit, type ConfiguredLimits } from '../../../src/directives/rate-limit.transformer.js';
import { PortcullisError } from '../../../src/errors.js';
import { subgraphParts } from '../../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../../src/schema/build-schema.js';
import { createLimitSubjects } from '../../../src/services/rate-limiting/limit-subjects.js';
import { LIMITS } from '../../../src/services/rate-limiting/limits.js';
import { createMemorySlidingWindow } from '../../../src/services/rate-limiting/memory-sliding-window.js';
import type { SlidingWindow } from '../../../src/services/rate-limiting/sliding-window.js';
import { FakeClock } from '../../support/fake-clock.js';

const HEADER = `
  directive @rateLimit(max: Int!, window: String!, by: RateLimitKey! = VIEWER, group: String) repeatable on FIELD_DEFINITION
  enum RateLimitKey { IP ACCOUNT VIEWER SERVICE }
`;

const limited = (
  fields: string,
  { configured, mutations = '' }: { configured?: ConfiguredLimits; mutations?: string } = {},
) =>
  enforceRateLimit(
    buildSchema(`${HEADER} type Query { ${fields} } ${mutations && `type Mutation { ${mutations} }`}`),
    configured,
  );

/** Callers who share a window; each request of theirs is a context. */
class Callers {
  readonly clock = new FakeClock();
  readonly keys: string[] = [];
  readonly reports: LimitReport[] = [];
  isAway = false;
  checksLeft = 1_000;
  private readonly memory = createMemorySlidingWindow({ clock: this.clock });
  private readonly window: SlidingWindow = {
    take: (key, limit, count) => {
      this.keys.push(key);
      if (this.isAway) throw new PortcullisError('UPSTREAM_UNAVAILABLE', 'away');
      return this.memory.take(key, limit, count);
    },
  };

  contextOf(callerId: string | null, ipAddress = '192.0.2.1'): RateLimitContext {
    return {
      callerId,
      client: { ipAddress, userAgent: null },
      services: {
        rateLimiting: {
          window: this.window,
          waivableWindow: this.window,
          subjects: createLimitSubjects(Buffer.alloc(32, 3)),
        },
      },
      checksLeft: this.checksLeft,
      noteLimit: (report) => void this.reports.push(report),
    };
  }
}

/** The codes of what was refused, in order. */
async function refusals(
  schema: GraphQLSchema,
  source: string,
  contextValue: RateLimitContext,
  variableValues: Record<string, unknown> = {},
): Promise<readonly PortcullisError[]> {
  const { errors = [] } = await graphql({ schema, source, contextValue, variableValues });
  return errors.map(({ originalError, message }) => {
    if (originalError instanceof PortcullisError) return originalError;
    throw new Error(message);
  });
}

const codes = (errors: readonly PortcullisError[]) => errors.map(({ code }) => code);

describe('a limited field', () => {
  it('is resolved as often as it may be, and then refused with the seconds to wait', async () => {
    const [schema, callers] = [limited('a: Int @rateLimit(max: 2, window: "1m")'), new Callers()];
    const alice = callers.contextOf('alice');
    expect(await refusals(schema, '{ a b: a }', alice)).toEqual([]);
    callers.clock.advance(20_500);
    const [refused] = await refusals(schema, '{ a }', alice);
    expect(refused).toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      details: { limit: 'a.viewer', max: 2, windowSeconds: 60 },
    });

    expect(refused?.retryAfter).toBe(40);
    callers.clock.advance((refused?.retryAfter ?? 0) * 1_000);
    expect(await refusals(schema, '{ a }', alice)).toEqual([]);
  });

  it('does not run when it is refused', async () => {
    const [schema, callers] = [limited('a: Int @rateLimit(max: 1, window: "1m")'), new Callers()];
    let runs = 0;
    const query = schema.getQueryType()?.getFields();
    const run = () =>
      graphql({
        schema,
        source: '{ a }',
        contextValue: callers.contextOf(null),
        rootValue: { a: () => (runs += 1) },
      });
    expect(query?.a?.resolve).toBeTypeOf('function');
    await Promise.all([run(), run(), run()]);
    expect(runs).toBe(1);
  });

  it('that is called by many at once admits no more than max', async () => {
    const [schema, callers] = [limited('a: Int @rateLimit(max: 5, window: "1m", by: IP)'), new Callers()];
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => refusals(schema, '{ a }', callers.contextOf(null))),
    );
    expect(answers.filter((errors) => errors.length === 0)).toHaveLength(5);
  });

  it('leaves others alone', () => {
    const schema = limited('a: Int @rateLimit(max: 1, window: "1m") b: Int');
    expect(schema.getQueryType()?.getFields().b?.resolve).toBeUndefined();
  });

  it('holds what is configured instead of what the schema says, or nothing where that is so', async () => {
    const fields = 'a: Int @rateLimit(max: 1, window: "1m") b: Int @rateLimit(max: 1, window: "1m")';
    const schema = limited(fields, {
      configured: { 'a.viewer': { max: 2, windowMs: 60_000 }, 'b.viewer': null },
    });
    const alice = new Callers().contextOf('alice');
    expect(codes(await refusals(schema, '{ a c: a d: a b e: b f: b }', alice))).toEqual(['RATE_LIMITED']);
  });

  it('is counted with those of its group', async () => {
    const fields =
      'a: Int @rateLimit(max: 2, window: "1m", group: "both") b: Int @rateLimit(max: 2, window: "1m", group: "both")';
    expect(codes(await refusals(limited(fields), '{ a b c: a }', new Callers().contextOf('alice')))).toEqual([
      'RATE_LIMITED',
    ]);
  });

  it('does not start where its limit makes no sense', () => {
    expect(() => limited('a: Int @rateLimit(max: 1, window: "soon")')).toThrow('within "soon"');
    expect(() => limited('a: Int @rateLimit(max: 0, window: "1m")')).toThrow('cannot admit 0');
    expect(() => limited('a(id: ID): Int @rateLimit(max: 1, window: "1m", by: ACCOUNT)')).toThrow(
      'no account',
    );
  });
});

describe('several limits of a field', () => {
  const FIELD =
    'a(email: String, userType: String): Int @rateLimit(max: 1, window: "1m", by: IP) @rateLimit(max: 2, window: "1m", by: ACCOUNT)';

  it('all hold, and who is refused by one is not counted by the next', async () => {
    const [schema, callers] = [limited(FIELD), new Callers()];
    const ask = (ip: string) =>
      refusals(schema, '{ a(email: "x@example.com") }', callers.contextOf(null, ip));
    expect(await ask('192.0.2.1')).toEqual([]);
    for (let call = 0; call < 3; call += 1) {
      expect((await ask('192.0.2.1'))[0]?.details).toMatchObject({ limit: 'a.ip' });
    }
    expect(await ask('192.0.2.2')).toEqual([]);
    expect((await ask('192.0.2.3'))[0]?.details).toMatchObject({ limit: 'a.account' });
  });

  it('tell how much is left, but not of an account before it is refused', async () => {
    const [schema, callers] = [limited(FIELD), new Callers()];
    for (const ip of ['192.0.2.1', '192.0.2.2']) {
      await refusals(schema, '{ a(email: "x@example.com") }', callers.contextOf(null, ip));
    }
    expect(callers.reports.map(({ name, state }) => [name, state?.remaining])).toEqual([
      ['a.ip', 0],
      ['a.ip', 0],
    ]);
    await refusals(schema, '{ a(email: "x@example.com") }', callers.contextOf(null, '192.0.2.3'));
    expect(callers.reports.at(-1)).toMatchObject({
      name: 'a.account',
      state: { remaining: 0 },
      max: 2,
      windowMs: 60_000,
    });
  });
});

describe('the key', () => {
  const once = async (
    field: string,
    ...requests: (readonly [callerId: string | null, ip: string, args?: string])[]
  ) => {
    const [schema, callers] = [limited(field), new Callers()];
    const outcomes = [];
    for (const [callerId, ip, args = ''] of requests) {
      outcomes.push((await refusals(schema, `{ a${args} }`, callers.contextOf(callerId, ip))).length === 0);
    }
    return { outcomes, keys: callers.keys };
  };
  const by = (key: string) =>
    `a(email: String, userType: String, refreshToken: String, challenge: String): Int @rateLimit(max: 1, window: "1m", by: ${key})`;

  it('IP is the address, and of IPv6 its network', async () => {
    const { outcomes } = await once(
      by('IP'),
      ['alice', '2001:db8::1'],
      ['bob', '2001:db8::2'],
      ['alice', '2001:db8:0:1::1'],
      ['alice', '192.0.2.1'],
    );
    expect(outcomes).toEqual([true, false, true, true]);
  });

  it.each(['VIEWER', 'SERVICE'])('%s is who is signed in, or the address', async (key) => {
    const { outcomes } = await once(
      by(key),
      ['alice', '192.0.2.1'],
      ['alice', '192.0.2.2'],
      ['bob', '192.0.2.1'],
      [null, '192.0.2.1'],
      [null, '192.0.2.1'],
      [null, '192.0.2.2'],
    );
    expect(outcomes).toEqual([true, false, true, true, false, true]);
  });

  it('ACCOUNT is the account that is named, in normal form, in its pool', async () => {
    const { outcomes } = await once(
      by('ACCOUNT'),
      [null, '192.0.2.1', '(email: "Alice@Example.com")'],
      [null, '192.0.2.2', '(email: " alice@example.com ", userType: "END_USER")'],
      [null, '192.0.2.1', '(email: "alice@example.com", userType: "ADMIN")'],
      [null, '192.0.2.1', '(email: "bob@example.com")'],
    );
    expect(outcomes).toEqual([true, false, true, true]);
  });

  it('ACCOUNT is the token or the challenge where there is no address', async () => {
    const { outcomes } = await once(
      by('ACCOUNT'),
      [null, '192.0.2.1', '(refreshToken: "one")'],
      [null, '192.0.2.2', '(refreshToken: "one")'],
      [null, '192.0.2.1', '(challenge: "one")'],
      [null, '192.0.2.1', '(challenge: "two")'],
    );
    expect(outcomes).toEqual([true, false, true, true]);
  });

  it('shows nobody’s address, name or token', async () => {
    for (const key of ['IP', 'ACCOUNT', 'VIEWER']) {
      const { keys } = await once(by(key), ['alice-id', '192.0.2.1', '(email: "alice@example.com")']);
      expect(keys[0]).toMatch(new RegExp(`^limit:a\\.${key.toLowerCase()}:[\\w-]{22}$`));
    }
  });
});

describe('checks', () => {
  const schema = limited('a(checks: [Int!]!): Int @rateLimit(max: 5, window: "1m")');
  const ask = (callers: Callers, checks: readonly number[]) =>
    refusals(schema, 'query ($checks: [Int!]!) { a(checks: $checks) }', callers.contextOf('alice'), {
      checks,
    });

  it('count each, and together or not at all', async () => {
    const callers = new Callers();
    expect(await ask(callers, [1, 2, 3])).toEqual([]);
    expect(codes(await ask(callers, [1, 2, 3]))).toEqual(['RATE_LIMITED']);
    expect(await ask(callers, [1])).toEqual([]);
    expect(await ask(callers, [])).toEqual([]);
    expect(codes(await ask(callers, []))).toEqual(['RATE_LIMITED']);
  });

  it('that are more than is ever admitted are refused for good', async () => {
    const callers = new Callers();
    const [refused] = await ask(callers, [1, 2, 3, 4, 5, 6]);
    expect(refused).toMatchObject({ code: 'RATE_LIMITED', retryable: false, retryAfter: null });
    expect(refused?.message).toContain('6 checks at once are never admitted');
    expect(callers.reports).toEqual([{ name: 'a.viewer', max: 5, windowMs: 60_000, state: null }]);
    expect(callers.keys).toEqual([]);
  });

  it('that the operation may not bring at all count as one call', async () => {
    const callers = new Callers();
    callers.checksLeft = 3;
    expect(await ask(callers, [1, 2, 3, 4])).toEqual([]);
    expect(callers.reports).toMatchObject([{ state: { remaining: 4 } }]);
  });
});

describe('while nothing can be counted', () => {
  it('reads go on, and what changes something waits', async () => {
    const schema = limited('a: Int @rateLimit(max: 1, window: "1m")', {
      mutations: 'b: Int @rateLimit(max: 1, window: "1m")',
    });
    const callers = new Callers();
    callers.isAway = true;
    const alice = callers.contextOf('alice');
    for (let read = 0; read < 3; read += 1) expect(await refusals(schema, '{ a }', alice)).toEqual([]);
    expect(codes(await refusals(schema, 'mutation { b }', alice))).toEqual(['UPSTREAM_UNAVAILABLE']);
  });
});

describe('the limits of the subgraph', () => {
  const { schema, sdl } = buildUnguardedSchema(subgraphParts);

  it('stand on its fields, each of them, as the table has them', () => {
    const used = new Map<string, string>();
    for (const type of [schema.getQueryType(), schema.getMutationType()]) {
      for (const field of Object.values(type?.getFields() ?? {})) {
        for (const { name, arguments: args = [] } of field.astNode?.directives ?? []) {
          if (name.value !== 'rateLimit') continue;
          const given = Object.fromEntries(
            args.map(({ name: { value: key }, value }) => [key, 'value' in value ? String(value.value) : '']),
          );
          const by = given.by ?? 'VIEWER';
          used.set(
            `${given.group ?? field.name}.${by.toLowerCase()}`,
            `${given.max}/${given.window} by ${by}`,
          );
        }
      }
    }
    expect(Object.fromEntries(used)).toEqual(
      Object.fromEntries(
        Object.entries(LIMITS).map(([name, { max, window, by }]) => [name, `${max}/${window} by ${by}`]),
      ),
    );
  });

  it('are printed with it', () => {
    expect(sdl).toContain('@rateLimit(max: 5, window: "1m", by: IP)');
    expect(sdl).toContain('by: RateLimitKey! = VIEWER');
  });

  it('leave what gateways ask for entities alone, and its references', () => {
    const enforced = enforceRateLimit(schema, {});
    const before = schema.getQueryType()?.getFields()._entities?.resolve;
    expect(enforced.getQueryType()?.getFields()._entities?.resolve).toBe(before);
    for (const name of ['User', 'Session']) {
      const type = enforced.getType(name);
      if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
      const extensions = type.extensions as { apollo?: { subgraph?: { resolveReference?: unknown } } };
      expect(extensions.apollo?.subgraph?.resolveReference).toBeTypeOf('function');
    }
  });
});
