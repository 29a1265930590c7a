import { request } from 'node:http';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { RunningApp, type SignedIn } from '../support/running-app.js';

const SECRET = 'the-gateway-says-that-it-is-the-one';
const NEXT_SECRET = 'the-gateway-says-something-else-now';
const KEY = 'apollo::authorization::required_policies';

/** One that other machines could reach, and one that only this machine can. */
let remote: RunningApp;
let local: RunningApp;
let admin: SignedIn;
let localAdmin: SignedIn;
beforeAll(async () => {
  const env = { COPROCESSOR_PORT: '0', GATEWAY_SECRET: `${SECRET},${NEXT_SECRET}` };
  remote = await RunningApp.start({ ...env, COPROCESSOR_HOST: '0.0.0.0', ALLOW_REMOTE_DEVELOPMENT: 'true' });
  local = await RunningApp.start(env);
  admin = await remote.signIn('admin@example.com');
  localAdmin = await local.signIn('admin@example.com');
});
afterAll(async () => {
  await remote.stop();
  await local.stop();
});

interface Given {
  /** Of the router's own request. */
  readonly headers?: Record<string, string>;
  /** Of its client's, which it tells of. */
  readonly told?: Record<string, readonly string[]>;
}

async function ask(app: RunningApp, { headers, told }: Given): Promise<{ status: number; body: string }> {
  const { accessToken } = app === remote ? admin : localAdmin;
  const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(`${app.coprocessorUrl}/coprocessor`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sent.end(
      JSON.stringify({
        version: 1,
        stage: 'SupergraphRequest',
        control: 'continue',
        id: '1',
        headers: { authorization: [`Bearer ${accessToken}`], ...told },
        context: { entries: { [KEY]: { listUsers: null } } },
      }),
    );
  });
  for (const secret of [SECRET, NEXT_SECRET]) expect(answer.body).not.toContain(secret);
  return answer;
}

const GRANTED = { status: 200, body: expect.stringContaining('{"listUsers":true}') as string };
const refused = (message: string) => ({ status: 403, body: expect.stringContaining(message) as string });
const UNPROVEN = refused('A router has to prove itself here.');
const WRONG = refused('The gateway’s secret is wrong.');

it.each<[string, Given]>([
  ['in a header of its own', { headers: { 'x-gateway-secret': SECRET } }],
  ['by the other secret, while it is changed', { headers: { 'x-gateway-secret': NEXT_SECRET } }],
  ['in a header of the request that it tells of', { told: { 'x-gateway-secret': [SECRET] } }],
  ['there by the other secret', { told: { 'x-gateway-secret': [NEXT_SECRET] } }],
])('beyond this machine a router proves itself %s', async (_case, given) => {
  expect(await ask(remote, given)).toEqual(GRANTED);
});

it.each<[string, Given, object]>([
  ['who proves nothing, on this machine either', {}, UNPROVEN],
  ['whose secret is wrong', { headers: { 'x-gateway-secret': `${SECRET}!` } }, WRONG],
  ['whose secret is empty', { headers: { 'x-gateway-secret': '' } }, WRONG],
  ['whose client sent a secret that is wrong', { told: { 'x-gateway-secret': ['of-the-client'] } }, UNPROVEN],
  ['whose client sent one beside the right one', { told: { 'x-gateway-secret': ['x', SECRET] } }, UNPROVEN],
  [
    'whose own is wrong, whatever it tells of',
    { headers: { 'x-gateway-secret': 'x' }, told: { 'x-gateway-secret': [SECRET] } },
    WRONG,
  ],
  ['who sends it as a password', { headers: { authorization: `Bearer ${SECRET}` } }, UNPROVEN],
])('beyond this machine it is refused %s', async (_case, given, answer) => {
  expect(await ask(remote, given)).toEqual(answer);
});

it.each<[string, Given]>([
  ['proves nothing', {}],
  ['tells of a client that claims to be a gateway', { told: { 'x-gateway-secret': ['of-the-client'] } }],
  ['proves itself', { headers: { 'x-gateway-secret': SECRET } }],
])('on this machine it is answered when it %s', async (_case, given) => {
  expect(await ask(local, given)).toEqual(GRANTED);
});

it('on this machine it is refused when its secret is wrong', async () => {
  expect(await ask(local, { headers: { 'x-gateway-secret': 'x' } })).toEqual(WRONG);
});

it.each<[string, Record<string, string>]>([
  ['proves nothing', {}],
  ['proves itself', { 'x-gateway-secret': SECRET }],
])('on this machine, under the name of another, it is answered only when it %s', async (_case, proof) => {
  const headers = { host: 'portcullis.internal', ...proof };
  expect(await ask(local, { headers })).toEqual('x-gateway-secret' in proof ? GRANTED : UNPROVEN);
});

it.each(['x-forwarded-for', 'forwarded', 'via'])(
  'on this machine, passed on by a proxy that says so by %s, it is answered only when it proves itself',
  async (name) => {
    const headers = { host: 'localhost', [name]: '192.0.2.1' };
    expect(await ask(local, { headers })).toEqual(UNPROVEN);
    expect(await ask(local, { headers: { ...headers, 'x-gateway-secret': SECRET } })).toEqual(GRANTED);
  },
);

it('a health check needs no secret', async () => {
  expect((await fetch(`${remote.coprocessorUrl}/livez`)).status).toBe(200);
});
