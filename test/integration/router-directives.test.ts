import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { RunningApp } from '../support/running-app.js';

const KEY = 'hive::authorization::required_policies';
const SDL = '{ _service { sdl } }';

/** A call of each field that routers know a policy of. */
const CALLS: Readonly<Record<string, string>> = {
  listUsers: '{ users(first: 1) { pageInfo { hasNextPage } } }',
  createUser: 'mutation { createUser(input: { email: "x@example.com", roles: ["nobody"] }) { id } }',
};

let app: RunningApp;
let plain: RunningApp;
beforeAll(async () => {
  app = await RunningApp.start({ COPROCESSOR_PORT: '0' });
  plain = await RunningApp.start({ ROUTER_DIRECTIVES: 'false' });
});
afterAll(async () => {
  await app.stop();
  await plain.stop();
});

async function serviceToken(): Promise<string> {
  const path = app.app.embedded?.seededServices.credentialsPath ?? '';
  const [, clientId = '', secret = ''] = (await readFile(path, 'utf8')).split(/\s/);
  const response = await fetch(`${app.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

it('what is told of the schema has them, unless it is told otherwise', async () => {
  const { data: told } = await app.ask<{ _service: { sdl: string } }>(SDL);
  expect(told._service.sdl).toMatch(/@authenticated[^]*@policy\(policies: \[\["listUsers"\]\]\)/);
  const { data } = await plain.ask<{ _service: { sdl: string } }>(SDL);
  expect(data._service.sdl).toContain('@authorize(action: "listUsers")');
  expect(data._service.sdl).not.toMatch(/@authenticated|@policy/);
});

it.each(['admin@example.com', 'auditor@example.com', 'alice@example.com', 'the service', 'nobody'])(
  'a router refuses %s just what the fields refuse',
  async (who) => {
    const token =
      who === 'nobody'
        ? undefined
        : who === 'the service'
          ? await serviceToken()
          : (await app.signIn(who)).accessToken;
    const response = await fetch(`${app.coprocessorUrl}/coprocessor`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        version: 1,
        stage: 'graphql.analysis',
        headers: token === undefined ? {} : { authorization: [`Bearer ${token}`] },
        context: { [KEY]: Object.fromEntries(Object.keys(CALLS).map((policy) => [policy, null])) },
      }),
    });
    const { context } = (await response.json()) as { context: Record<string, Record<string, boolean>> };
    for (const [policy, call] of Object.entries(CALLS)) {
      const { errors } = await app.ask(call, { token });
      const isRefused = errors.some(({ extensions: { code } }) => /^(FORBIDDEN|UNAUTHENTICATED)$/.test(code));
      expect([policy, context[KEY]?.[policy]]).toEqual([policy, !isRefused]);
    }
  },
);
