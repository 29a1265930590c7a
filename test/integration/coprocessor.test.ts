import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { VerifiedPermissionsServiceException } from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { FakeClock } from '../support/fake-clock.js';
import { awsToken, presign, type SigningKey } from '../support/presigned.js';
import { RunningApp, type SignedIn } from '../support/running-app.js';

// The messages have the shape that is documented for Apollo Router's SupergraphRequest stage
// (https://www.apollographql.com/docs/graphos/routing/customization/coprocessor/reference) and for Hive Router's
// graphql.analysis stage (https://the-guild.dev/graphql/hive/docs/router/security/policy).
const APOLLO_KEY = 'apollo::authorization::required_policies';
const HIVE_KEY = 'hive::authorization::required_policies';
const CLAIMS_KEY = 'apollo::authentication::jwt_claims';

type Policies = Readonly<Record<string, boolean | null>>;
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: {
    readonly version?: number;
    readonly stage?: string;
    readonly id?: string;
    readonly control?: unknown;
    readonly context?: Record<string, unknown> & { readonly entries?: Record<string, unknown> };
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  };
}

const undecided = (...policies: string[]): Policies => Object.fromEntries(policies.map((p) => [p, null]));
const headersOf = (token?: string) => ({
  'content-type': ['application/json'],
  'user-agent': ['curl/8.14.1'],
  ...(token !== undefined && { authorization: [`Bearer ${token}`] }),
});

const supergraphRequest = (policies: Policies | undefined, token?: string, entries: object = {}) => ({
  version: 1,
  stage: 'SupergraphRequest',
  control: 'continue',
  id: '1b19c05fdafc521016df33148ad63c1b',
  headers: headersOf(token),
  context: { entries: { ...entries, ...(policies && { [APOLLO_KEY]: policies }) } },
  body: { query: 'query Long { me { name } }', operationName: 'Long', variables: {} },
  sdl: 'type Query { me: User }',
  method: 'POST',
});

const analysis = (policies: Policies | undefined, token?: string) => ({
  version: 1,
  stage: 'graphql.analysis',
  id: '01J',
  method: 'POST',
  path: '/graphql',
  headers: headersOf(token),
  body: { query: '{ users { nodes { id } } }' },
  context: { 'hive::operation::name': null, ...(policies && { [HIVE_KEY]: policies }) },
});

describe('the coprocessor', () => {
  const clock = new FakeClock();
  const lines: Record<string, unknown>[] = [];
  let away = false;
  let questions = 0;
  let calls = 0;
  let app: RunningApp;
  let admin: SignedIn;
  let alice: SignedIn;

  beforeAll(async () => {
    const logger = pino(
      { level: 'info' },
      { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    );
    app = await RunningApp.start({ COPROCESSOR_PORT: '0' }, { clock, logger });
    app.app.embedded!.verifiedPermissions.middlewareStack.add(
      (next) => (args) => {
        const { requests } = args.input as { requests?: readonly unknown[] };
        calls += 1;
        questions += requests?.length ?? 1;
        if (!away) return next(args);
        throw new VerifiedPermissionsServiceException({
          name: 'InternalServerException',
          message: 'secret detail of AWS',
          $fault: 'server',
          $metadata: {},
        });
      },
      { step: 'initialize' },
    );
    [admin, alice] = await Promise.all([app.signIn('admin@example.com'), app.signIn('alice@example.com')]);
  });
  afterEach(() => {
    away = false;
  });
  afterAll(() => app.stop());

  async function send(message: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${app.coprocessorUrl}/coprocessor`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: typeof message === 'string' ? message : JSON.stringify(message),
    });
    const body = await response.text();
    return { status: response.status, text: body, body: JSON.parse(body) as Answer['body'] };
  }
  const decided = async (token: string | undefined, ...policies: string[]) => {
    const { body } = await send(supergraphRequest(undecided(...policies), token));
    return body.context?.entries?.[APOLLO_KEY] as Policies;
  };
  const metric = async (outcome: string) => {
    const { values } = await app.app.services.metrics.routerPolicies.get();
    return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  };

  describe('answers a message of Apollo Router', () => {
    it('with each policy decided for whoever the token names, and the rest of the context as it was', async () => {
      const entries = {
        'accepts-json': false,
        'apollo::telemetry::client_name': 'manual',
        nested: { deep: [1, 'two', null] },
      };
      const message = supergraphRequest(undecided('listUsers', 'createUser'), admin.accessToken, entries);
      const { status, body } = await send(message);
      expect(status).toBe(200);
      expect(body).toEqual({
        version: 1,
        stage: 'SupergraphRequest',
        id: message.id,
        control: 'continue',
        context: {
          entries: {
            ...entries,
            [APOLLO_KEY]: { listUsers: true, createUser: true },
            [CLAIMS_KEY]: { sub: admin.user.id },
          },
        },
      });
    });

    it('with a denial where the policies may rest on attributes that nobody tells', async () => {
      // Administrators may, and a forbid that asks for an attribute of the document could not keep them from it.
      const remove = 'deleteDocument on Documents::Document::"1"';
      const read = 'readDocument on Documents::Document::"1"';
      expect(await decided(admin.accessToken, remove, read, 'Documents::listDocuments')).toEqual({
        [remove]: false,
        [read]: false,
        'Documents::listDocuments': true,
      });
    });

    it('with what the policies permit and what they do not', async () => {
      expect(
        await decided(
          alice.accessToken,
          'listUsers',
          `readUser on Identity::User::"${alice.user.id}"`,
          `Identity::Action::"readUser" on Identity::User::"${admin.user.id}"`,
          `updateProfile on User::"${alice.user.id}"`,
          `revokeSession on Identity::Session::"${alice.session.id}"`,
        ),
      ).toEqual({
        listUsers: false,
        [`readUser on Identity::User::"${alice.user.id}"`]: true,
        [`Identity::Action::"readUser" on Identity::User::"${admin.user.id}"`]: false,
        [`updateProfile on User::"${alice.user.id}"`]: true,
        [`revokeSession on Identity::Session::"${alice.session.id}"`]: true,
      });
    });

    it.each([
      ['where somebody decided before', true],
      ['where somebody denied before', false],
    ])('by itself, %s', async (_case, before) => {
      const asked = { listUsers: before, createUser: before };
      const { body } = await send(supergraphRequest(asked, alice.accessToken));
      expect(body.context?.entries?.[APOLLO_KEY]).toEqual({ listUsers: false, createUser: false });
    });

    it('with who is signed in, for `@authenticated`, where the router does not know it', async () => {
      const { body } = await send(supergraphRequest(undefined, alice.accessToken));
      expect(body.context).toEqual({ entries: { [CLAIMS_KEY]: { sub: alice.user.id } } });
      const claims = { sub: 'somebody', iss: 'https://elsewhere.example' };
      const known = await send(
        supergraphRequest(undecided('listUsers'), admin.accessToken, { [CLAIMS_KEY]: claims }),
      );
      expect(known.body.context?.entries).toEqual({
        [APOLLO_KEY]: { listUsers: true },
        [CLAIMS_KEY]: claims,
      });
    });

    it('that asks for nothing, with nothing', async () => {
      const base = { version: 1, stage: 'SupergraphRequest', control: 'continue' };
      const { id } = supergraphRequest(undefined);
      expect((await send(supergraphRequest(undefined))).body).toEqual({ ...base, id });
      expect((await send({ ...base, context: { entries: {} } })).body).toEqual(base);
      expect((await send(base)).body).toEqual(base);
    });

    it.each(['RouterRequest', 'ExecutionRequest', 'SubgraphRequest', 'ConnectorRequest', 'SomethingRequest'])(
      'of the stage %s by letting it go on unchanged',
      async (stage) => {
        const message = { ...supergraphRequest(undecided('listUsers'), admin.accessToken), stage };
        const { status, body } = await send({ ...message, subgraphRequestId: 's1' });
        expect(status).toBe(200);
        expect(body).toEqual({
          version: 1,
          stage,
          id: message.id,
          subgraphRequestId: 's1',
          control: 'continue',
        });
      },
    );

    it('of a response without a control, which would set its status to 200', async () => {
      const message = { version: 1, stage: 'SupergraphResponse', id: 'r', statusCode: 401, body: {} };
      expect((await send(message)).body).toEqual({ version: 1, stage: 'SupergraphResponse', id: 'r' });
    });
  });

  describe('answers a message of Hive Router', () => {
    it('with the policies alone', async () => {
      const { status, body } = await send(analysis(undecided('listUsers', 'nonsense'), admin.accessToken));
      expect(status).toBe(200);
      expect(body).toEqual({
        version: 1,
        stage: 'graphql.analysis',
        id: '01J',
        control: 'continue',
        context: { [HIVE_KEY]: { listUsers: true, nonsense: false } },
      });
    });

    it.each(['graphql.analysis', 'graphql.request', 'router.request', 'router.response', 'graphql.response'])(
      'of the stage %s that asks for nothing, with nothing',
      async (stage) => {
        const { body } = await send({ ...analysis(undefined, admin.accessToken), stage });
        expect(body).toEqual({ version: 1, stage, id: '01J', control: 'continue' });
      },
    );

    it('of another stage by changing nothing', async () => {
      const { body } = await send({ ...analysis(undecided('listUsers')), stage: 'graphql.request' });
      expect(body).not.toHaveProperty('context');
    });
  });

  describe('lets nobody through', () => {
    const POLICIES = ['listUsers', 'createUser', 'nonsense'];
    const ALL_DENIED = { listUsers: false, createUser: false, nonsense: false };

    it.each<[string, (token: string) => Record<string, unknown>]>([
      ['without a token', () => ({})],
      ['without headers', () => ({ headers: undefined })],
      ['with an empty token', () => ({ headers: { authorization: [''] } })],
      ['with no value', () => ({ headers: { authorization: [] } })],
      ['with another scheme', (token) => ({ headers: { authorization: [`Basic ${token}`] } })],
      [
        'with a forged token',
        (token) => ({ headers: { authorization: [`Bearer ${token.slice(0, -8)}AAAAAAAA`] } }),
      ],
      [
        'with two tokens',
        (token) => ({ headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] } }),
      ],
      [
        'with two headers',
        (token) => ({ headers: { authorization: `Bearer ${token}`, Authorization: 'Bearer x' } }),
      ],
    ])('%s', async (_case, change) => {
      const message = { ...supergraphRequest(undecided(...POLICIES)), ...change(admin.accessToken) };
      const { status, body } = await send(message);
      expect(status).toBe(200);
      expect(body.context?.entries).toEqual({ [APOLLO_KEY]: ALL_DENIED });
    });

    it('whose session has ended', async () => {
      const { accessToken, session } = await app.signIn('admin@example.com');
      expect(await decided(accessToken, 'listUsers')).toEqual({ listUsers: true });
      await app.ask('mutation ($id: ID!) { revokeSession(id: $id) { id } }', {
        token: admin.accessToken,
        variables: { id: session.id },
      });
      const { body } = await send(supergraphRequest(undecided(...POLICIES), accessToken));
      expect(body.context?.entries).toEqual({ [APOLLO_KEY]: ALL_DENIED });
    });

    it('whose token has expired', async () => {
      clock.advance(-900_000);
      const { accessToken } = await app.signIn('admin@example.com');
      clock.advance(900_000);
      expect(await decided(accessToken, ...POLICIES)).toEqual(ALL_DENIED);
    });

    it('and takes a token in a header of either form', async () => {
      const message = supergraphRequest(undecided('listUsers'));
      const { body } = await send({
        ...message,
        headers: { Authorization: `Bearer ${admin.accessToken}` },
      });
      expect(body.context?.entries?.[APOLLO_KEY]).toEqual({ listUsers: true });
    });
  });

  describe('denies a policy', () => {
    it('that names what there is not, or is none, and decides those beside it', async () => {
      const odd = [
        'fly',
        'Elsewhere::listUsers',
        'readUser',
        'listUsers on Identity::User::"x"',
        'listUsers on Identity::Nothing::"x"',
        'listUsers" || true || "',
        "listUsers' OR 1=1 --",
        'listUsers on Identity::Application::"portcullis" || true',
        'listUsers\npermit(principal, action, resource);',
        'listUsers\u0000',
        'LISTUSERS',
        'lіstUsers',
        'constructor',
        'toString',
        '',
        `listUsers on Identity::Application::"${'x'.repeat(201)}"`,
        'x'.repeat(100_000),
      ];
      expect(await decided(admin.accessToken, 'listUsers', ...odd)).toEqual({
        ...Object.fromEntries(odd.map((policy) => [policy, false])),
        listUsers: true,
      });
    });

    it('where there are too many of them, each', async () => {
      const many = Array.from(
        { length: 10_000 },
        (_, index) => `listUsers on Identity::Application::"${index}"`,
      );
      const before = calls;
      const answer = await decided(admin.accessToken, 'listUsers', ...many);
      expect(Object.keys(answer)).toHaveLength(10_001);
      expect(new Set(Object.values(answer))).toEqual(new Set([false]));
      expect(calls).toBe(before);
    });

    it('while the engine is away, and says and counts that', async () => {
      await app.app.services.decisionCache.forgetAll();
      away = true;
      const before = await metric('unavailable');
      lines.length = 0;
      const { text: answer, body } = await send(
        supergraphRequest(undecided('listUsers', 'createUser'), admin.accessToken),
      );
      expect(body.context?.entries?.[APOLLO_KEY]).toEqual({ listUsers: false, createUser: false });
      expect(answer).not.toContain('secret detail');
      expect(await metric('unavailable')).toBe(before + 2);
      expect(lines).toContainEqual(
        expect.objectContaining({
          level: 40,
          policies: 2,
          msg: 'Policies of a router could not be decided, and are denied.',
        }),
      );
    });
  });

  it('asks all policies of a message in one call, and each once', async () => {
    await app.app.services.decisionCache.forgetAll();
    const before = { calls, questions };
    const people = Array.from({ length: 20 }, (_, index) => `readUser on Identity::User::"${index}"`);
    await decided(
      admin.accessToken,
      'listUsers',
      'Identity::listUsers',
      'Identity::Action::"listUsers"',
      'createUser',
      ...people,
    );
    expect({ calls: calls - before.calls, questions: questions - before.questions }).toEqual({
      calls: 1,
      questions: 22,
    });
  });

  it('counts what became of policies, and logs each that makes no sense once, and no token', async () => {
    lines.length = 0;
    const before = await Promise.all(['granted', 'denied', 'anonymous', 'invalid'].map(metric));
    await decided(admin.accessToken, 'listUsers', 'a policy of nobody');
    await decided(alice.accessToken, 'listUsers', 'a policy of nobody');
    await decided(undefined, 'listUsers');
    const after = await Promise.all(['granted', 'denied', 'anonymous', 'invalid'].map(metric));
    expect(after.map((count, index) => count - before[index]!)).toEqual([1, 1, 1, 2]);
    expect(lines.filter(({ policy }) => policy === 'a policy of nobody')).toHaveLength(1);
    const log = JSON.stringify(lines);
    expect(log).not.toContain(alice.accessToken);
    expect(log).toContain('"path":"/coprocessor"');
    const { body } = await app.app.services.metrics.print();
    expect(body).not.toContain('a policy of');
  });

  describe('refuses', () => {
    const good = supergraphRequest(undecided('listUsers'));
    it.each<[string, unknown, number, string]>([
      ['what is no JSON', '{', 400, 'The request is malformed.'],
      ['nothing', '', 400, 'The request is malformed.'],
      ['a list', [good], 400, 'The message is malformed: it must be a JSON object.'],
      ['null', 'null', 400, 'The message is malformed: it must be a JSON object.'],
      ['a text', '"x"', 400, 'The message is malformed: it must be a JSON object.'],
      ['another version', { ...good, version: 2 }, 400, 'The message is malformed: its version must be 1.'],
      [
        'no version',
        { ...good, version: undefined },
        400,
        'The message is malformed: its version must be 1.',
      ],
      [
        'no stage',
        { ...good, stage: undefined },
        400,
        'The message is malformed: its stage must be a text of at most 100 characters.',
      ],
      ['a number for an id', { ...good, id: 7 }, 400, 'The message is malformed: its id must be a text.'],
      [
        'a number for a header',
        { ...good, headers: { authorization: 7 } },
        400,
        'The message is malformed: its headers must be an object of texts or lists of texts.',
      ],
      [
        'a list of context',
        { ...good, context: [] },
        400,
        'The message is malformed: its context must be an object, nested no deeper than 500 times.',
      ],
      [
        'a text of entries',
        { ...good, context: { entries: 'x' } },
        400,
        'The message is malformed: the entries of its context must be an object.',
      ],
      [
        'a list of policies',
        { ...good, context: { entries: { [APOLLO_KEY]: ['listUsers'] } } },
        400,
        'The message is malformed: its required policies must be an object.',
      ],
      [
        'a text of policies',
        { ...analysis(undefined), context: { [HIVE_KEY]: 'listUsers' } },
        400,
        'The message is malformed: its required policies must be an object.',
      ],
      [
        'a prototype',
        '{"version":1,"stage":"SupergraphRequest","__proto__":{"x":1}}',
        400,
        'The request is malformed.',
      ],
      ['too much', { ...good, sdl: 'x'.repeat(1_100_000) }, 413, 'The body is too large.'],
    ])('%s', async (_case, message, status, reason) => {
      const answer = await send(message);
      expect(answer.status).toBe(status);
      expect(answer.body.errors).toMatchObject([{ message: reason, extensions: { code: 'BAD_REQUEST' } }]);
    });

    it('what is nested without end, and goes on', async () => {
      const depth = 200_000;
      const deep = '['.repeat(depth) + ']'.repeat(depth);
      const message = JSON.stringify(
        supergraphRequest(undecided('listUsers'), admin.accessToken, { deep: 0 }),
      );
      const { status } = await send(message.replace('"deep":0', `"deep":${deep}`));
      expect(status).toBe(400);
      expect(await decided(admin.accessToken, 'listUsers')).toEqual({ listUsers: true });
    });

    it('another type of content, as a page in a browser would send it', async () => {
      const { status } = await send(good, { 'content-type': 'text/plain' });
      expect(status).toBe(400);
    });

    it('another method, and everything else', async () => {
      const get = await fetch(`${app.coprocessorUrl}/coprocessor`);
      expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
      for (const path of ['/graphql', '/', '/metrics', '/dev/mailbox', '/oauth2/token']) {
        expect((await fetch(`${app.coprocessorUrl}${path}`)).status).toBe(404);
      }
    });

    it('whoever reached this machine under another name', async () => {
      const { port } = new URL(app.coprocessorUrl!);
      const body = JSON.stringify(good);
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        `POST /coprocessor HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 [^]*A router has to prove itself here\./);
    });
  });

  it('says how it is, and is not there on the port of the service', async () => {
    const live = await fetch(`${app.coprocessorUrl}/livez`);
    expect([live.status, await live.json()]).toEqual([200, { status: 'up' }]);
    expect((await fetch(`${app.coprocessorUrl}/readyz`)).status).toBe(200);
    expect((await fetch(`${app.url}/coprocessor`, { method: 'POST' })).status).toBe(404);
  });

  it('decides for a service by what its credential was given for', async () => {
    const path = app.app.embedded?.seededServices.credentialsPath ?? '';
    const [, clientId = '', secret = '', accessKeyId = '', secretAccessKey = ''] = (
      await readFile(path, 'utf8')
    ).split(/\s/);
    const response = await fetch(`${app.url}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: byClient } = (await response.json()) as { access_token: string };
    const key: SigningKey = { accessKeyId, secretAccessKey };
    // No router could verify the second one: it is no JWT.
    const url = await presign({
      key,
      signingDate: clock.now(),
      origin: 'https://sts.us-east-1.amazonaws.com',
      audience: 'portcullis',
    });
    for (const token of [byClient, awsToken(url)]) {
      const { body } = await send(supergraphRequest(undecided('decideForOthers', 'createUser'), token));
      expect(body.context?.entries).toEqual({
        [APOLLO_KEY]: { decideForOthers: true, createUser: false },
        [CLAIMS_KEY]: { sub: 'demonstration', scope: expect.any(String) as string },
      });
    }
  });
});
