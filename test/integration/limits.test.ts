import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RunningApp, type SignedIn } from '../support/running-app.js';

const GATEWAY_SECRET = 'the-gateway-says-that-it-is-the-one';

describe('an operation', () => {
  let app: RunningApp;
  let alice: SignedIn;
  beforeAll(async () => {
    app = await RunningApp.start({ GATEWAY_SECRET });
    alice = await app.signIn('alice@example.com');
  });
  afterAll(() => app.stop());

  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
  const codesOf = async (response: Response) => {
    const { errors = [] } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return errors.map(({ extensions }) => extensions.code);
  };

  const nested = (levels: number) =>
    `{ me { ${'sessions(first: 1) { nodes { user { '.repeat(levels)} id ${'} } }'.repeat(levels)} } }`;
  const aliased = (count: number) =>
    `{ ${Array.from({ length: count }, (_, i) => `a${i}: me { id }`).join(' ')} }`;
  const directed = (count: number) =>
    `{ me { id ${Array.from({ length: count }, () => '... @include(if: true) { id }').join(' ')} } }`;
  const costly = (first: number) =>
    `{ users(first: ${first}) { nodes { sessions(first: ${first}) { nodes { id device } } } } }`;

  it.each([
    ['deep', nested(4), 12],
    ['many-named', aliased(31), 30],
    ['directed', directed(51), 50],
    ['costly', costly(40), 20_000],
  ])(
    'that is too %s is refused to direct callers, who are told the limit, and not to gateways',
    async (_how, query, limit) => {
      const direct = await app.ask(query, { token: alice.accessToken });
      expect([direct.status, direct.faults]).toEqual([400, ['OPERATION_TOO_COMPLEX']]);
      expect(direct.errors[0]?.message).toMatch(new RegExp(`: ${limit} is the most\\.$`));
      const gateway = await app.ask(query, {
        token: alice.accessToken,
        headers: { 'x-gateway-secret': GATEWAY_SECRET },
      });
      expect(gateway.faults).not.toContain('OPERATION_TOO_COMPLEX');
    },
  );

  it.each([
    ['deep', nested(3)],
    ['many-named', aliased(30)],
    ['directed', directed(50)],
    ['costly', costly(10)],
  ])('that is just not too %s is answered', async (_how, query) => {
    const { faults } = await app.ask(query, { token: alice.accessToken });
    expect(faults).not.toContain('OPERATION_TOO_COMPLEX');
  });

  it.each([
    ['100 deep', nested(33)],
    [
      '100 deep in fragments',
      `{ me { ...f0 } } ${Array.from({ length: 100 }, (_, i) => `fragment f${i} on User { sessions { nodes { user { ${i === 99 ? 'id' : `...f${i + 1}`} } } } }`).join(' ')}`,
    ],
    ['of 10,000 directives', `{ me { id ${'@include(if: true) '.repeat(10_000)} } }`],
    ['of 10,000 directives, each its own', directed(10_000)],
    [
      'of aliases within fragments',
      `{ ${Array.from({ length: 10 }, (_, i) => `me { ...f } a${i}: me { ...f }`).join(' ')} } fragment f on User { b: id c: id d: id }`,
    ],
    [
      'of fragments that double',
      `{ me { ...f0 } } ${Array.from({ length: 60 }, (_, i) => `fragment f${i} on User { id ${i === 59 ? '' : `...f${i + 1} ... { ...f${i + 1} }`} }`).join(' ')}`,
    ],
  ])('%s is refused', async (_how, query) => {
    const { status, faults } = await app.ask(query, { token: alice.accessToken });
    expect(status).toBe(400);
    expect(new Set(faults)).toEqual(new Set(['OPERATION_TOO_COMPLEX']));
  });

  describe('over a list', () => {
    const DECISIONS = 'query ($c: [DecisionCheck!]!) { decisions(checks: $c)';
    const checks = Array.from({ length: 1_000 }, (_, index) => ({
      action: 'readUser',
      resource: { type: 'User', id: `${index}` },
    }));
    const asGateway = { headers: { 'x-gateway-secret': GATEWAY_SECRET } };
    const aliases = (count: number, field: string) =>
      Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');

    it.each([
      ['names', {}, 31, '__typename', /aliases: 30 is the most/],
      ['fields with a resolver', {}, 10, 'errors', /more than 10000 objects and resolved fields/],
      ['objects', {}, 10, 'resource { id }', /more than 10000 objects and resolved fields/],
      ['fields', asGateway, 1_900, '__typename', /more than 100000 fields/],
    ])('is refused for too many %s, however few are written', async (_what, as, count, field, message) => {
      const { status, errors } = await app.ask(`${DECISIONS} { ${aliases(count, field)} } }`, {
        token: alice.accessToken,
        variables: { c: checks },
        ...as,
      });
      expect([status, errors[0]?.extensions.code]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
      expect(errors[0]?.message).toMatch(message);
    });

    it('is refused where it would repeat a long text', async () => {
      const check = '{ action: "readUser", resource: { type: "User", id: $id } }';
      const { status, faults } = await app.ask(
        `query ($id: ID!) { decisions(checks: [${check.repeat(1_000)}]) { resource { id } } }`,
        { token: alice.accessToken, variables: { id: 'x'.repeat(500_000) } },
      );
      expect([status, faults]).toEqual([400, ['OPERATION_TOO_COMPLEX']]);
    });

    it('is answered with all that 1,000 decisions say', async () => {
      const { data, errors } = await app.ask<{ decisions: unknown[] }>(
        `${DECISIONS} { allowed effect reason source evaluatedAt errors determiningPolicies { id description }
         principal { type id } action { type id } resource { type id } } }`,
        { token: alice.accessToken, variables: { c: checks } },
      );
      expect(errors).toEqual([]);
      expect(data.decisions).toHaveLength(1_000);
    });

    it('is answered for 1,000 checks written out, with ids as long as may be', async () => {
      const written = checks.map(
        ({ action, resource }) => `
    {
      action: "${action}"
      resource: {
        type: "Identity::User"
        id: "${resource.id.padStart(200, 'i')}"
      }
    }`,
      );
      const { data, errors } = await app.ask<{ decisions: unknown[] }>(
        `query { decisions(checks: [${written.join('')}]) { allowed reason errors } }`,
        { token: alice.accessToken },
      );
      expect(errors).toEqual([]);
      expect(data.decisions).toHaveLength(1_000);
    });

    it('is answered for a page of 50 people', async () => {
      const admin = await app.signIn('admin@example.com');
      const { errors, data } = await app.ask(
        `{ users(first: 50) { pageInfo { hasNextPage endCursor } nodes { __typename id userType status email emailVerified
           phoneNumber phoneNumberVerified givenName familyName roles createdAt updatedAt can(action: "updateUser") { allowed } } } }`,
        { token: admin.accessToken },
      );
      expect(errors).toEqual([]);
      expect(data).not.toBeNull();
    });
  });

  describe('with many lines and many errors', () => {
    const lines = '\n'.repeat(390_000);

    it('is refused before it is parsed where it is too long', async () => {
      const { status, faults } = await app.ask(`{ me { ${lines}${' '.repeat(20_000)} id } }`);
      expect([status, faults]).toEqual([400, ['OPERATION_TOO_COMPLEX']]);
    });

    it('is told the first 20, without a walk through its lines for each', async () => {
      const fields = Array.from({ length: 99 }, (_, index) => `z${index}`).join(' ');
      const { status, faults, text } = await app.ask(`{ me { ${lines}${fields} } }`);
      expect([status, faults]).toEqual([
        400,
        [...Array.from({ length: 20 }, () => 'GRAPHQL_VALIDATION_FAILED'), 'OPERATION_TOO_COMPLEX'],
      ]);
      expect(text).not.toContain('locations');
      expect(text).not.toContain('aborted');
    });

    it('of one name is told in plain words', async () => {
      const { status, errors } = await app.ask(`{ ${'id '.repeat(6_000)} }`);
      expect([status, errors.map(({ message, extensions }) => [extensions.code, message])]).toEqual([
        400,
        [
          [
            'OPERATION_TOO_COMPLEX',
            'The document has too many errors, or too many fields of one name, to be checked to the end.',
          ],
        ],
      ]);
    });

    it('in its variables is refused for the first of them', async () => {
      const { status, errors } = await app.ask(
        'query ($c: [DecisionCheck!]!) { decisions(checks: $c) { allowed } }',
        { token: alice.accessToken, variables: { c: Array.from({ length: 400_000 }, () => 1) } },
      );
      expect([status, errors[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    });
  });

  it('of conditions within conditions is refused to direct callers', async () => {
    const query = `{ me { ${'... { '.repeat(90)} id ${'} '.repeat(90)} } }`;
    const direct = await app.ask(query, { token: alice.accessToken });
    expect([direct.status, direct.faults]).toEqual([400, ['OPERATION_TOO_COMPLEX']]);
    const gateway = await app.ask(query, {
      token: alice.accessToken,
      headers: { 'x-gateway-secret': GATEWAY_SECRET },
    });
    expect(gateway.faults).toEqual([]);
  });

  it('with fragments in a circle is refused', async () => {
    for (const headers of [{}, { 'x-gateway-secret': GATEWAY_SECRET }]) {
      const { status, faults } = await app.ask(
        '{ me { ...a } } fragment a on User { id ...b } fragment b on User { ...a } fragment c on User { ...c }',
        { token: alice.accessToken, headers },
      );
      expect([status, new Set(faults)]).toEqual([400, new Set(['GRAPHQL_VALIDATION_FAILED'])]);
    }
  });

  describe('with several mutations that try a password, a code or a token', () => {
    const login = (password: string) =>
      `login(input: { email: "alice@example.com", password: "${password}" }) { __typename }`;

    it.each<[string, string]>([
      [
        '50 aliases',
        Array.from({ length: 50 }, (_, i) => `a${i}: ${login(`Wrong-Password-${i}`)}`).join(' '),
      ],
      ['two aliases', `a: ${login('Wrong-Password-1')} b: ${login('Wrong-Password-2')}`],
      ['two kinds', `${login('Wrong-Password-1')} refreshTokens(refreshToken: "x") { tokenType }`],
      [
        'inline fragments',
        `... { a: ${login('Wrong-Password-1')} } ... on Mutation { b: ${login('Wrong-Password-2')} }`,
      ],
      [
        'the password of a profile',
        'a: updateMe(input: { phoneNumber: "+4912345678", password: "a" }) { id } b: updateMe(input: { phoneNumber: "+4912345678", password: "b" }) { id }',
      ],
    ])('is refused, %s, and tries none', async (_how, fields) => {
      for (const headers of [{}, { 'x-gateway-secret': GATEWAY_SECRET }]) {
        const { status, faults, data } = await app.ask(`mutation { ${fields} }`, {
          token: alice.accessToken,
          headers,
        });
        expect([status, data, new Set(faults)]).toEqual([400, undefined, new Set(['OPERATION_TOO_COMPLEX'])]);
      }
    });

    it('is refused when they hide in a fragment', async () => {
      const { faults } = await app.ask(
        `mutation { ...two } fragment two on Mutation { a: ${login('Wrong-Password-1')} ...three }
         fragment three on Mutation { b: ${login('Wrong-Password-2')} }`,
      );
      expect(faults).toEqual(['OPERATION_TOO_COMPLEX']);
    });

    it('is answered when they are one and the same, or in operations of their own', async () => {
      const same = await app.ask(`mutation { ${login('Wrong-Password-1')} ${login('Wrong-Password-1')} }`);
      expect(same.faults).toEqual(['INVALID_CREDENTIALS at login']);
      const response = await post(
        JSON.stringify({
          query: `mutation one { ${login('Wrong-Password-1')} } mutation two { ${login('Wrong-Password-2')} }`,
          operationName: 'two',
        }),
      );
      expect(await codesOf(response)).toEqual(['INVALID_CREDENTIALS']);
    });
  });

  it('in a body of more than 1 MB is refused', async () => {
    const response = await post(
      JSON.stringify({ query: '{ me { id } }', variables: { x: 'x'.repeat(2_000_000) } }),
    );
    expect([response.status, await codesOf(response)]).toEqual([413, ['BAD_REQUEST']]);
  });

  it('in a batch of bodies is refused', async () => {
    const response = await post(JSON.stringify([{ query: '{ me { id } }' }, { query: '{ me { id } }' }]));
    expect([response.status, await codesOf(response)]).toEqual([400, ['BAD_REQUEST']]);
  });

  it.each([
    ['application/x-www-form-urlencoded', 'query=%7B%20me%20%7B%20id%20%7D%20%7D'],
    ['text/plain', '{"query":"{ me { id } }"}'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n{ me { id } }\r\n--x--',
    ],
  ])('from a form of another site is refused: %s', async (type, body) => {
    const response = await post(body, { 'content-type': type });
    expect([400, 415]).toContain(response.status);
    expect(await codesOf(response)).toEqual(['BAD_REQUEST']);
  });

  it('knows its id in every answer, whatever became of it', async () => {
    const asked = [
      () => post('{ "query": '),
      () => post('{}'),
      () => post('{ "query": "{ nope" }'),
      () => post('{ "query": "{ nope }" }'),
      () => post('{ "query": "{ users { nodes { id } } }" }'),
      () => post('[]'),
      () => post('query', { 'content-type': 'text/plain' }),
      () =>
        fetch(`${app.url}/graphql?query=${encodeURIComponent('mutation { logout }')}`, {
          headers: { 'apollo-require-preflight': '1' },
        }),
      () => fetch(`${app.url}/graphql`),
    ];
    const responses = await Promise.all([...asked, ...asked].map((ask) => ask()));
    const ids = await Promise.all(
      responses.map(async (response) => {
        const { errors } = (await response.json()) as { errors: { extensions: { requestId: string } }[] };
        expect(errors.map(({ extensions }) => extensions.requestId)).toEqual([
          response.headers.get('x-request-id'),
        ]);
        return errors[0]?.extensions.requestId;
      }),
    );
    expect(new Set(ids)).toHaveProperty('size', 2 * asked.length);
  });

  it('in the address of a link of another site is refused', async () => {
    const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent('{ me { id } }')}`);
    expect([response.status, await codesOf(response)]).toEqual([400, ['BAD_REQUEST']]);
  });

  it.each(['\0', '\r\n', '\u2028', '\ud800', '\x1b[31m'])(
    'with %j in its strings harms nothing',
    async (text) => {
      for (const variables of [
        { email: `a${text}@example.com` },
        { email: 'a@example.com', password: `Pass${text}word-1` },
      ]) {
        const { status, errors } = await app.ask(
          'mutation ($input: LoginInput!) { login(input: $input) { __typename } }',
          { variables: { input: { password: 'Wrong-Password-1', ...variables } } },
        );
        expect(status).toBeLessThan(500);
        expect(['BAD_USER_INPUT', 'INVALID_CREDENTIALS']).toContain(errors[0]?.extensions.code);
      }
      const { faults } = await app.ask('query ($id: ID!) { user(id: $id) { id } }', {
        token: alice.accessToken,
        variables: { id: `a${text}b` },
      });
      expect(['FORBIDDEN at user', 'BAD_USER_INPUT at user']).toContain(faults[0]);
    },
  );
});
