import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  createDecisionClient,
  type DecisionClient,
  type DecisionClientOptions,
  type DecisionFailure,
} from '../../../src/authorize/index.js';
import {
  answer,
  DecidingServer,
  decided,
  decision,
  refused,
  tokenOf,
} from '../../support/deciding-server.js';
import { FakeClock } from '../../support/fake-clock.js';

const document = (id: string) => ({ type: 'Documents::Document', id });
const TOKEN = tokenOf({ sub: 'ada' });

let server: DecidingServer;
let clock: FakeClock;
let failures: DecisionFailure[];
beforeEach(async () => {
  server = await DecidingServer.start();
  clock = new FakeClock();
  failures = [];
});
afterEach(() => server.stop());

const clientOf = (options: Partial<DecisionClientOptions> = {}): DecisionClient =>
  createDecisionClient(
    {
      url: server.url,
      credential: () => 'service',
      onFailure: (failure) => failures.push(failure),
      attempts: 1,
      ...options,
    },
    clock,
  );
const asAda = (client: DecisionClient, accessToken = TOKEN) => client.forRequest({ accessToken });

describe('asking', () => {
  it('brings both credentials, what is said of the resource, and nothing of a principal', async () => {
    const attributes = { owner: { __entity: { type: 'Identity::User', id: 'ada' } }, draft: undefined };
    await asAda(clientOf()).can('readDocument', document('1'), { attributes, context: { channel: 'web' } });

    expect(server.requests).toHaveLength(1);
    const [{ headers, checks, fresh } = { headers: {}, checks: [], fresh: true }] = server.requests;
    expect(headers).toMatchObject({ authorization: 'Bearer service', 'x-subject-token': TOKEN });
    expect(fresh).toBe(false);
    expect(checks).toEqual([
      {
        action: 'Documents::Action::"readDocument"',
        resource: document('1'),
        resourceAttributes: { owner: { __entity: { type: 'Identity::User', id: 'ada' } } },
        context: { channel: 'web' },
      },
    ]);
  });

  it('asks all of one tick in one request, and the same once', async () => {
    const decisions = asAda(clientOf());
    server.answering = ({ checks }, response) => answer(response, decided(checks, ['2']));
    const answers = await Promise.all(
      ['1', '2', '1', '3'].map((id) => decisions.can('readDocument', document(id))),
    );
    expect(answers).toEqual([true, false, true, true]);
    expect(server.asked).toEqual([['1', '2', '3'].map((id) => `readDocument Documents::Document::"${id}"`)]);
  });

  it('parts what is more than one request holds, by number and by size', async () => {
    const ids = Array.from({ length: 2_001 }, (_, index) => String(index));
    const decisions = asAda(clientOf());
    const all = await Promise.all(ids.map((id) => decisions.can('readDocument', document(id))));
    expect(all.every(Boolean)).toBe(true);
    expect(server.requests.map(({ checks }) => checks.length).sort()).toEqual([1, 1_000, 1_000]);

    server.requests.length = 0;
    const attributes = { text: 'x'.repeat(5_000_000) };
    await Promise.all(['a', 'b'].map((id) => decisions.can('readDocument', document(id), { attributes })));
    expect(server.requests.map(({ checks }) => checks.length)).toEqual([1, 1]);
  });

  it('asks nobody where nobody is signed in', async () => {
    const client = clientOf();
    for (const authorization of [undefined, 'Basic YTpi', 'Bearer', `Bearer ${'x'.repeat(16_385)}`]) {
      const decisions = client.forRequest({ headers: { authorization } });
      expect(await decisions.decide('readDocument', document('1'))).toMatchObject({
        allowed: false,
        reason: 'UNAUTHENTICATED',
      });
      await expect(decisions.require('readDocument', document('1'))).rejects.toMatchObject({
        extensions: { code: 'UNAUTHENTICATED' },
      });
    }
    expect(server.requests).toEqual([]);
  });

  it('reads the token from the headers of Fetch and of Node', async () => {
    const client = clientOf({ cacheTtlMs: 0 });
    const authorization = `bearer ${TOKEN}`;
    await client.forRequest(new Request('http://a', { headers: { authorization } })).can('a', document('1'));
    await client.forRequest({ headers: { authorization } }).can('a', document('1'));
    expect(server.requests.map(({ headers }) => headers['x-subject-token'])).toEqual([TOKEN, TOKEN]);
  });

  it('tells a person whose token is no good from an outage', async () => {
    server.answering = (_, response) =>
      answer(response, refused('UNAUTHENTICATED', { details: { credential: 'SUBJECT' } }));
    const answered = await asAda(clientOf()).decide('readDocument', document('1'));
    expect(answered.reason).toBe('UNAUTHENTICATED');
    expect(failures).toEqual([]);
  });

  it('gets a new credential once where the one it has is refused', async () => {
    const given: (string | undefined)[] = [];
    const credential = ({ rejected }: { rejected?: string | undefined }) => {
      given.push(rejected);
      return rejected === undefined ? 'old' : 'new';
    };
    server.answering = ({ headers, checks }, response) =>
      headers.authorization === 'Bearer new'
        ? answer(response, decided(checks))
        : answer(response, refused('UNAUTHENTICATED'));
    expect(await asAda(clientOf({ credential })).can('readDocument', document('1'))).toBe(true);
    expect(given).toEqual([undefined, 'old']);
  });
});

describe('whatever is no answer is a denial that says UNAVAILABLE', () => {
  const good = decision({ action: 'Documents::readDocument', resource: document('1') });
  const answered = (...decisions: unknown[]) => ({ data: { decisions } });
  const nonsense: Record<string, unknown> = {
    'no JSON': '<html>',
    nothing: '',
    null: null,
    'a number': 1,
    'no data': {},
    'no decisions': { data: {} },
    'no list': answered().data,
    'too few': answered(),
    'too many': answered(good, good),
    'null for one': answered(null),
    'allowed as a text': answered({ ...good, allowed: 'true' }),
    'allowed and denied': answered({ ...good, effect: 'DENY' }),
    'allowed for no reason': answered({ ...good, reason: 'NOT_PERMITTED' }),
    'denied for a good reason': answered({ ...good, allowed: false, effect: 'DENY' }),
    'a reason of its own': answered({ ...good, reason: 'BECAUSE' }),
    'another resource': answered({ ...good, resource: document('2') }),
    'another action': answered({ ...good, action: { type: 'Documents::Action', id: 'edit' } }),
    'for the service': answered({ ...good, principal: { type: 'Identity::Service', id: 'documents' } }),
    'for nobody': answered({ ...good, principal: null }),
    'an error beside data': { ...answered(good), errors: [{ message: 'No.' }] },
    'errors that are none': { ...answered(good), errors: [null] },
    'much too much': `${' '.repeat(200_000)}${JSON.stringify(answered(good))}`,
  };
  it.each(Object.entries(nonsense))('%s', async (_, body) => {
    server.answering = (_request, response) => answer(response, body);
    const decisions = asAda(clientOf());
    expect(await decisions.decide('readDocument', document('1'))).toMatchObject({
      allowed: false,
      reason: 'UNAVAILABLE',
    });
    await expect(decisions.require('readDocument', document('1'))).rejects.toMatchObject({
      extensions: { code: 'AUTHORIZATION_UNAVAILABLE', retry: { retryable: true } },
    });
    expect(failures).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('two people in one answer', async () => {
    server.answering = ({ checks }, response) => {
      const [first, second] = checks.map((check) => decision(check));
      answer(response, answered(first, { ...second, principal: { type: 'Identity::User', id: 'bob' } }));
    };
    const decisions = asAda(clientOf());
    const both = ['1', '2'].map((id) => decisions.can('readDocument', document(id)));
    expect(await Promise.all(both)).toEqual([false, false]);
  });

  it('a redirect is not followed', async () => {
    const elsewhere = await DecidingServer.start();
    server.answering = (_, response) =>
      answer(response, '', { status: 307, headers: { location: elsewhere.url } });
    expect(await asAda(clientOf()).can('readDocument', document('1'))).toBe(false);
    expect(elsewhere.requests).toEqual([]);
    expect(failures.map(({ kind }) => kind)).toEqual(['REFUSED']);
    await elsewhere.stop();
  });

  it('a connection that is cut', async () => {
    server.answering = (_, response) => response.destroy();
    expect(await asAda(clientOf({ attempts: 3 })).can('readDocument', document('1'))).toBe(false);
    expect(server.requests).toHaveLength(3);
    expect(failures.map(({ kind }) => kind)).toEqual(['NETWORK']);
  });

  it('nobody there', async () => {
    const client = clientOf();
    await server.stop();
    expect(await asAda(client).can('readDocument', document('1'))).toBe(false);
    expect(failures.map(({ kind }) => kind)).toEqual(['NETWORK']);
    server = await DecidingServer.start();
  });

  it.each([
    ['before it begins', () => undefined],
    ['within its body', (response: { write(text: string): unknown }) => void response.write('{"data"')],
  ])('an answer that does not come, %s', async (_, begin) => {
    server.answering = (_request, response) => begin(response);
    expect(await asAda(clientOf({ deadlineMs: 50 })).can('readDocument', document('1'))).toBe(false);
    expect(failures.map(({ kind }) => kind)).toEqual(['TIMEOUT']);
  });

  it.each([
    ['a credential that does not come', () => new Promise<string>(() => {}), 'TIMEOUT'],
    ['a credential that fails', () => Promise.reject(new Error('No role.')), 'CREDENTIAL'],
  ])('%s', async (_, credential, kind) => {
    const client = clientOf({ credential, deadlineMs: 50 });
    expect(await asAda(client).can('readDocument', document('1'))).toBe(false);
    expect(failures.map((failure) => failure.kind)).toEqual([kind]);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['by Portcullis', (response: never) => answer(response, refused('UNAUTHENTICATED'))],
    ['by what stands before it', (response: never) => answer(response, 'No.', { status: 401 })],
  ])('a credential that is refused %s', async (_, reply) => {
    server.answering = (_request, response) => reply(response as never);
    expect(await asAda(clientOf()).decide('readDocument', document('1'))).toMatchObject({
      reason: 'UNAVAILABLE',
    });
    expect(failures.map(({ kind }) => kind)).toEqual(['CREDENTIAL']);
    expect(server.requests).toHaveLength(2);
  });

  it('what cannot be written as JSON', async () => {
    const attributes: Record<string, never> = {};
    Object.assign(attributes, { itself: attributes });
    expect(await asAda(clientOf()).can('readDocument', document('1'), { attributes })).toBe(false);
    expect(failures.map(({ kind }) => kind)).toEqual(['QUESTION']);
    expect(server.requests).toEqual([]);
  });

  it('no failure tells a token', async () => {
    server.answering = (_, response) => answer(response, refused(`${TOKEN} service`));
    await asAda(clientOf()).can('readDocument', document('1'));
    expect(failures.map(({ message }) => message)).toEqual(['Portcullis answers an error without a code.']);
  });
});

describe('what may pass is tried again', () => {
  it.each([
    ['a status of 503', 503, '', 2],
    ['a status of 429', 429, '', 2],
    ['RATE_LIMITED', 200, refused('RATE_LIMITED'), 2],
    ['UPSTREAM_UNAVAILABLE', 200, refused('UPSTREAM_UNAVAILABLE'), 2],
    ['but not a status of 400', 400, refused('GRAPHQL_VALIDATION_FAILED'), 1],
    ['but not FORBIDDEN', 200, refused('FORBIDDEN'), 1],
  ])('%s', async (_, status, body, times) => {
    server.answering = ({ checks }, response) =>
      server.requests.length === 1 ? answer(response, body, { status }) : answer(response, decided(checks));
    expect(await asAda(clientOf({ attempts: 3 })).can('readDocument', document('1'))).toBe(times === 2);
    expect(server.requests).toHaveLength(times);
  });

  it('not before it is asked to, and not at all where that is too late', async () => {
    server.answering = (_, response) =>
      answer(response, '', { status: 429, headers: { 'retry-after': '30' } });
    expect(await asAda(clientOf({ attempts: 3 })).can('readDocument', document('1'))).toBe(false);
    expect(server.requests).toHaveLength(1);
    expect(failures).toMatchObject([{ kind: 'THROTTLED', retryAfterMs: 30_000 }]);
  });

  it('asks nobody for a while after a row of failures, and then once', async () => {
    server.answering = (_, response) => answer(response, '', { status: 500 });
    const client = clientOf();
    const ask = () => asAda(client).can('readDocument', document('1'));
    for (let times = 0; times < 7; times += 1) expect(await ask()).toBe(false);
    expect(server.requests).toHaveLength(5);
    expect(failures.at(-1)?.kind).toBe('CIRCUIT');

    server.answering = ({ checks }, response) => answer(response, decided(checks));
    clock.advance(2_000);
    expect(await ask()).toBe(true);
    expect(server.requests).toHaveLength(6);
  });
});

describe('what is remembered', () => {
  const ask = (client: DecisionClient, accessToken = TOKEN) =>
    asAda(client, accessToken).can('readDocument', document('1'));

  it('serves other requests of the same token for five seconds, however often it is asked for', async () => {
    const client = clientOf();
    await ask(client);
    clock.advance(3_000);
    await ask(client);
    clock.advance(1_999);
    await ask(client);
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    await ask(client);
    expect(server.requests).toHaveLength(2);
  });

  it('is found without waiting, by guards', async () => {
    const client = clientOf();
    await ask(client);
    const decisions = asAda(client) as unknown as { ask(...args: unknown[]): unknown };
    expect(decisions.ask('readDocument', document('1'))).toMatchObject({ allowed: true });
  });

  it('is not for other tokens, resources, attributes or contexts', async () => {
    const client = clientOf();
    await ask(client);
    await ask(client, tokenOf({ sub: 'ada', again: true }));
    await asAda(client).can('readDocument', document('1'), { attributes: { owner: 'ada' } });
    await asAda(client).can('readDocument', document('1'), { context: { channel: 'web' } });
    await asAda(client).can('editDocument', document('1'));
    expect(server.requests).toHaveLength(5);
  });

  it('does not outlive the token', async () => {
    const client = clientOf();
    const token = tokenOf({ sub: 'ada', exp: clock.now().getTime() / 1_000 + 2 });
    await ask(client, token);
    clock.advance(1_999);
    await ask(client, token);
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    await ask(client, token);
    expect(server.requests).toHaveLength(2);
  });

  it('includes denials, and nothing that may be different the next time', async () => {
    const client = clientOf();
    server.answering = ({ checks }, response) => answer(response, decided(checks, ['1']));
    expect([await ask(client), await ask(client)]).toEqual([false, false]);
    expect(server.requests).toHaveLength(1);

    for (const reason of ['UNAVAILABLE', 'INVALID']) {
      client.invalidate();
      server.requests.length = 0;
      server.answering = ({ checks }, response) =>
        answer(response, {
          data: { decisions: checks.map((check) => ({ ...decision(check, false), reason })) },
        });
      expect([await ask(client), await ask(client)]).toEqual([false, false]);
      expect(server.requests).toHaveLength(2);
    }
  });

  it('is forgotten for one person, or for all', async () => {
    const client = clientOf();
    await ask(client);
    client.invalidate({ type: 'Identity::User', id: 'bob' });
    await ask(client);
    expect(server.requests).toHaveLength(1);
    client.invalidate({ type: 'Identity::User', id: 'ada' });
    await ask(client);
    expect(server.requests).toHaveLength(2);
    client.invalidate();
    await ask(client);
    expect(server.requests).toHaveLength(3);
  });

  it('takes no answer that was asked for before it was invalidated', async () => {
    const client = clientOf();
    server.answering = ({ checks }, response) => {
      client.invalidate();
      answer(response, decided(checks));
    };
    await ask(client);
    await ask(client);
    expect(server.requests).toHaveLength(2);
  });

  it('is nothing where it is turned off', async () => {
    const client = clientOf({ cacheTtlMs: 0 });
    await ask(client);
    await ask(client);
    expect(server.requests).toHaveLength(2);
  });

  it('counts no longer in a request that has changed something, and is asked for anew everywhere', async () => {
    const client = clientOf();
    const decisions = asAda(client);
    await decisions.can('readDocument', document('1'));
    decisions.forget();
    await decisions.can('readDocument', document('1'));
    await decisions.can('readDocument', document('1'));
    expect(server.requests.map(({ fresh }) => fresh)).toEqual([false, true]);
  });
});

it.each([
  [{ url: 'ftp://identity' }, 'url is no http(s) URL.'],
  [{ url: 'http://identity.example.com/graphql' }, 'url must be https beyond this machine'],
  [{ url: 'https://me:secret@identity.example.com' }, 'url must not hold a user name or a password.'],
  [{ deadlineMs: 0 }, 'deadlineMs must be an integer from 1 to 60000.'],
  [{ cacheTtlMs: 60_001 }, 'cacheTtlMs must be an integer from 0 to 60000.'],
  [{ attempts: 1.5 }, 'attempts must be an integer from 1 to 10.'],
])('%j is refused at once', (options, message) => {
  expect(() => clientOf(options)).toThrow(message);
});

describe('what cannot be asked', () => {
  it.each([
    ['an id without end', 'readDocument', document('x'.repeat(70_000))],
    ['no id', 'readDocument', document('')],
    ['half a character', 'readDocument', document('\ud800')],
    ['a type that is none', 'readDocument', { type: 'no such type!', id: '1' }],
    ['an action with a quote', 'read"Document', document('1')],
  ])('%s is INVALID, and takes nothing else along', async (_, action, resource) => {
    const decisions = asAda(clientOf());
    const [bad, good] = await Promise.all([
      decisions.decide(action, resource),
      decisions.decide('readDocument', document('2')),
    ]);
    expect([bad.reason, good.reason]).toEqual(['INVALID', 'PERMITTED']);
    expect(server.asked).toEqual([['readDocument Documents::Document::"2"']]);
  });

  it.each([
    ['a text', 'owner'],
    ['a list', []],
  ])('attributes that are %s are UNAVAILABLE, likewise', async (_, attributes) => {
    const decisions = asAda(clientOf());
    const [bad, good] = await Promise.all([
      decisions.decide('readDocument', document('1'), { attributes: attributes as never }),
      decisions.decide('readDocument', document('2')),
    ]);
    expect([bad.reason, good.reason]).toEqual(['UNAVAILABLE', 'PERMITTED']);
    expect(failures.map(({ kind }) => kind)).toEqual(['QUESTION']);
  });
});

it('believes no decision that is about anybody but whom the token names', async () => {
  const decisions = clientOf().forRequest({ accessToken: tokenOf({ sub: 'bob' }) });
  expect(await decisions.decide('readDocument', document('1'))).toMatchObject({
    allowed: false,
    reason: 'UNAVAILABLE',
  });
  expect(failures.map(({ kind }) => kind)).toEqual(['ANSWER']);
});

it('decides all the same where whoever is told of a failure fails', async () => {
  server.answering = (_, response) => answer(response, 'nothing', { status: 500 });
  const decisions = asAda(
    clientOf({
      onFailure: () => {
        throw new Error('The log is full.');
      },
    }),
  );
  expect(await decisions.decide('readDocument', document('1'))).toMatchObject({ reason: 'UNAVAILABLE' });
});
