import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readAnswer, RunningApp, type GraphqlError } from '../support/running-app.js';

describe('an error', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start();
  });
  afterAll(() => app.stop());

  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${app.url}/graphql`, { method: 'POST', headers, body });

  const expectEnvelope = async (response: Response): Promise<readonly GraphqlError[]> => {
    const { errors, text } = await readAnswer(response);
    expect(text).not.toMatch(/node_modules|at .*\.js|FST_/);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions).toEqual({
      code: expect.stringMatching(/^[A-Z_]+$/) as string,
      requestId: response.headers.get('x-request-id'),
      retry: { retryable: false, retryAfter: null },
    });
    return errors;
  };

  /** Sends bytes as they are, and reads the status of what comes back. */
  const rawStatus = (request: string) =>
    new Promise<number>((resolve, reject) => {
      const { port } = new URL(app.url);
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
      socket.once('data', (data) => {
        resolve(Number(data.toString().split(' ')[1]));
        socket.destroy();
      });
      socket.once('error', reject);
    });

  it('carries code, request id, retry and no stack', async () => {
    const { errors, headers, text } = await app.ask('{ users { nodes { id } } }');
    expect(errors[0]?.extensions).toEqual({
      code: 'UNAUTHENTICATED',
      requestId: headers.get('x-request-id'),
      retry: { retryable: false, retryAfter: null },
    });
    expect(text).not.toMatch(/stack|node_modules/);
  });

  it.each([
    [
      'query ($a: ID = "x") { user(id: $a) { id } }',
      'Argument "id" of non-null type "ID!" must not be null.',
      'id',
    ],
    [
      'query ($a: Boolean = true) { me @include(if: $a) { id } }',
      'Argument "if" of non-null type "Boolean!" must not be null.',
      'if',
    ],
    [
      'query ($a: EntityUidInput = {type: "User", id: "x"}) { decisions(checks: {action: "readUser", resource: $a}) { allowed } }',
      'Argument "checks" has an invalid value.',
      undefined,
    ],
  ])('of null where a value is needed is the caller’s: %s', async (query, message, argument) => {
    const { errors } = await app.ask(query, { variables: { a: null } });
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.extensions.details?.argument).toBe(argument);
  });

  it('is none of null in what is left out', async () => {
    const query = 'query ($a: ID = "x") { __typename user(id: $a) @skip(if: true) { id } }';
    const { errors } = await app.ask(query, { variables: { a: null } });
    expect(errors).toEqual([]);
  });

  it('of an operation that is not there is the caller’s', async () => {
    const body = { query: 'query one { me { id } }', operationName: 'two' };
    const response = await post(JSON.stringify(body));
    expect(response.status).toBe(400);
    expect((await expectEnvelope(response))[0]?.extensions.code).toBe('OPERATION_RESOLUTION_FAILURE');
  });

  it.each([
    ['a query that does not parse', '{ me {', 'GRAPHQL_PARSE_FAILED', 400],
    ['an unknown field', '{ nonsense }', 'GRAPHQL_VALIDATION_FAILED', 400],
    ['a variable of the wrong type', 'query ($id: ID!) { user(id: $id) { id } }', 'BAD_USER_INPUT', 400],
  ])('of %s is the caller’s', async (_what, query, code, status) => {
    const answer = await app.ask(query, { variables: { id: { no: 'id' } } });
    expect([answer.errors[0]?.extensions.code, answer.status]).toEqual([code, status]);
    expect(answer.errors[0]?.extensions.retry).toEqual({ retryable: false, retryAfter: null });
  });

  it.each([
    'mutation { login(input: { email: "not an address", password: "x" }) { __typename } }',
    'mutation { register(input: { email: "a@example.com", password: "Correct-Horse-9", phoneNumber: "1" }) { userId } }',
  ])('of a literal that its scalar refuses is the caller’s: %s', async (query) => {
    const answer = await app.ask(query);
    expect(answer.status).toBeLessThan(500);
    expect(answer.errors[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
  });

  const REGISTER = 'mutation ($i: RegisterInput!) { register(input: $i) { userId } }';
  const PERSON = { email: 'a@example.com', password: 'Correct-Horse-9' };

  it.each<
    [what: string, query: string, variables: Record<string, unknown>, message: RegExp, argument: string]
  >([
    [
      'a number',
      REGISTER,
      { i: { ...PERSON, phoneNumber: '0151 (x)' } },
      /"i\.phoneNumber": A phone number is written with its country code/,
      'phoneNumber',
    ],
    [
      'no number',
      REGISTER,
      { i: { ...PERSON, phoneNumber: '' } },
      /A phone number is .* null stands for none\.$/,
      'phoneNumber',
    ],
    [
      'an address',
      REGISTER,
      { i: { ...PERSON, email: 'anna(at)example.com' } },
      /"i\.email": An email address is like name@example\.com/,
      'email',
    ],
    [
      'no address',
      REGISTER,
      { i: { ...PERSON, email: '' } },
      /An email address is like name@example\.com/,
      'email',
    ],
    [
      'the address of an argument',
      'mutation ($to: EmailAddress!) { forgotPassword(email: $to) { medium } }',
      { to: 'anna' },
      /"\$to" got an invalid value: An email address is/,
      'email',
    ],
    [
      'an enum',
      'mutation ($i: LoginInput!) { login(input: $i) { __typename } }',
      { i: { ...PERSON, userType: 'OWNER' } },
      /"i\.userType": "UserType" has no such value; it is one of ADMIN, END_USER\.$/,
      'userType',
    ],
  ])(
    'of a variable says the rule and the argument, and nothing of the value: %s',
    async (_what, query, variables, message, argument) => {
      const { status, errors, text } = await app.ask(query, { variables });
      expect(status).toBe(400);
      expect(errors).toHaveLength(1);
      expect(errors[0]?.message).toMatch(message);
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { argument } });
      expect(text).not.toMatch(/0151|anna|OWNER|Correct-Horse/);
    },
  );

  it('of a literal says the rule, and nothing of the value', async () => {
    const { errors, text } = await app.ask(
      'mutation { register(input: { email: "anna", password: "x", phoneNumber: "0151 (x)" }) { userId } }',
    );
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^An email address is/),
      expect.stringMatching(/^A phone number is/),
    ]);
    expect(text).not.toMatch(/anna|0151/);
  });

  it.each([
    ['no JSON', 'not json', undefined],
    ['half a JSON', '{', undefined],
    ['a poisoned prototype', '{"__proto__":{"query":"{ me { id } }"}}', undefined],
    ['no object', '"text"', undefined],
    ['no query', '{}', undefined],
    ['a batch', '[{"query":"{ me { id } }"}]', undefined],
    ['another content type', '{ me { id } }', { 'content-type': 'text/plain' }],
    ['an unknown content type', '{ me { id } }', { 'content-type': 'application/x-unknown' }],
  ])('of a request with %s is below 500, in the envelope', async (_what, body, headers) => {
    const response = await post(body, headers);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    await expectEnvelope(response);
  });

  it('of a body beyond a megabyte is below 500, in the envelope', async () => {
    const response = await post(JSON.stringify({ query: `{ me { id } } #${'x'.repeat(2_000_000)}` }));
    expect(response.status).toBe(413);
    await expectEnvelope(response);
  });

  it('of an address that does not exist is in the envelope, and does not repeat it', async () => {
    const response = await fetch(`${app.url}/nowhere`);
    expect(response.status).toBe(404);
    const [error] = await expectEnvelope(response);
    expect(JSON.stringify(error)).not.toContain('nowhere');
  });

  it('of an address that cannot be read is in the envelope', async () => {
    const response = await fetch(`${app.url}/%`);
    expect(response.status).toBe(400);
    await expectEnvelope(response);
  });

  it.each(['a b', '[', '%%', ''])('of a Host header like %j is below 500', async (host) => {
    const status = await rawStatus(
      `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 22\r\nConnection: close\r\n\r\n{"query":"{me{id}}"}  `,
    );
    expect(status).toBe(400);
  });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    [
      'a header of 60 kB',
      `GET /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: ${'x'.repeat(60_000)}\r\n\r\n`,
      431,
    ],
  ])('of a request with %s is below 500', async (_what, request, status) => {
    expect(await rawStatus(request)).toBe(status);
  });

  it('names the same request id in every error of an answer', async () => {
    const answer = await readAnswer(
      await post('{"query":"{ a: users { nodes { id } } b: users { nodes { id } } }"}'),
    );
    expect(new Set(answer.errors.map(({ extensions }) => extensions.requestId)).size).toBe(1);
  });
});
