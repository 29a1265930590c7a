import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { LoginDocument, RegisterDocument } from '../operations/generated.js';
import { startBreachedPasswords, type BreachedPasswordsServer } from '../support/breached-passwords.js';
import { RunningApp } from '../support/running-app.js';

const BREACHED = 'Tr0ub4dor&3-of-2011';

describe('a password that somebody chooses', () => {
  let breaches: BreachedPasswordsServer;
  let app: RunningApp;
  beforeAll(async () => {
    breaches = await startBreachedPasswords([BREACHED]);
    app = await RunningApp.start({ BREACHED_PASSWORDS: breaches.url });
  });
  afterAll(async () => {
    await app.stop();
    await breaches.close();
  });

  const register = (email: string, password: string) =>
    app.ask(RegisterDocument, { variables: { input: { email, password } } });
  const login = (email: string, password: string) =>
    app.ask(LoginDocument, { variables: { input: { email, password } } });

  it('is told every rule that it breaks, whether or not the address is taken', async () => {
    const [taken, free] = await Promise.all(
      ['alice@example.com', 'nina@example.com'].map((email) => register(email, 'passwort')),
    );
    const [fault] = free?.errors ?? [];
    expect(fault?.extensions).toMatchObject({
      code: 'PASSWORD_POLICY',
      details: {
        rules: ['LENGTH', 'UPPERCASE', 'NUMBER', 'SYMBOL', 'COMMON'],
        messages: expect.arrayContaining([
          { rule: 'LENGTH', message: 'The password must have at least 12 characters.' },
        ]) as unknown,
      },
    });
    const { details, retry } = taken?.errors[0]?.extensions ?? {};
    expect({ details, retry }).toEqual({
      details: fault?.extensions.details,
      retry: fault?.extensions.retry,
    });
  });

  it.each([
    ['a common one', 'Welcome2024!!', ['COMMON']],
    ['one from a breach', BREACHED, ['BREACHED']],
  ])('is refused as %s', async (_what, password, rules) => {
    const { errors } = await register('nina@example.com', password);
    expect(errors[0]?.extensions).toMatchObject({ code: 'PASSWORD_POLICY', details: { rules } });
    const admin = await app.signIn('admin@example.com');
    const created = await app.ask(
      'mutation ($password: String!) { createUser(input: { email: "olga@example.com", temporaryPassword: $password }) { id } }',
      { token: admin.accessToken, variables: { password } },
    );
    expect(created.errors[0]?.extensions).toMatchObject({ code: 'PASSWORD_POLICY', details: { rules } });
    expect(breaches.asked.every(({ path }) => /^\/range\/[0-9A-F]{5}\?/.test(path))).toBe(true);
  });

  it('may be of any script and long, and signs in however it is typed', async () => {
    const chosen = 'Zoë’s 9 🐎 горят́: ' + 'ǻ'.repeat(80);
    await register('petra@example.com', chosen);
    for (const typed of [chosen, chosen.normalize('NFD'), chosen.replaceAll(' ', '\u00a0')]) {
      expect((await login('petra@example.com', typed)).faults).toEqual(['USER_NOT_CONFIRMED at login']);
    }
    expect((await login('petra@example.com', chosen.toLowerCase())).faults).toEqual([
      'INVALID_CREDENTIALS at login',
    ]);
  });

  it('can be a temporary one, which is sent again to who has not used it', async () => {
    const { accessToken: token } = await app.signIn('admin@example.com');
    const invite = (more: string) =>
      app.ask(`mutation { createUser(input: { email: "quinn@example.com" ${more} }) { id status } }`, {
        token,
      });
    const { data } = await invite('');
    const first = await app.latestCode('quinn@example.com');
    const again = await invite('resendInvitation: true');
    expect(again.data).toEqual(data);
    const second = await app.latestCode('quinn@example.com');
    expect((await login('quinn@example.com', first)).faults).toEqual(['INVALID_CREDENTIALS at login']);
    expect((await login('quinn@example.com', second)).data?.login.__typename).toBe('NewPasswordRequired');

    expect((await invite('resendInvitation: true, roles: ["member"]')).faults).toEqual([
      'BAD_USER_INPUT at createUser',
    ]);
    expect((await invite('resendInvitation: true, suppressInvitation: true')).faults).toEqual([
      'BAD_USER_INPUT at createUser',
    ]);
    const alice = await app.signIn('alice@example.com');
    const stranger = await app.ask(
      'mutation { createUser(input: { email: "quinn@example.com", resendInvitation: true }) { id } }',
      { token: alice.accessToken },
    );
    expect(stranger.faults).toEqual(['FORBIDDEN at createUser']);
  });
});

describe('while breached passwords cannot be asked for', () => {
  it('the list that ships with the product decides', async () => {
    const app = await RunningApp.start({ BREACHED_PASSWORDS: 'http://127.0.0.1:9' });
    try {
      const register = (password: string) =>
        app.ask(RegisterDocument, { variables: { input: { email: 'rosa@example.com', password } } });
      expect((await register('Welcome2024!!')).faults).toEqual(['PASSWORD_POLICY at register']);
      expect((await register(BREACHED)).faults).toEqual([]);
    } finally {
      await app.stop();
    }
  });
});

describe('whoever asks about an address', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start();
  });
  afterAll(() => app.stop());

  const RANDOM = /"(requestId|userId)":"[^"]+"/g;
  const input = (fields: string) => (email: string) => `input: { email: "${email}", ${fields} }`;

  it.each<[string, (email: string) => string, string]>([
    ['login', input('password: "Wrong-Horse-9-Battery"'), '{ __typename }'],
    [
      'register',
      input('password: "Correct-Horse-9-Battery"'),
      '{ userId confirmed codeDelivery { medium destination } }',
    ],
    ['resendConfirmation', (email) => `email: "${email}"`, '{ medium destination }'],
    ['confirmRegistration', input('code: "000000x"'), ''],
  ])(
    'reads the same of %s, byte for byte, for an account and for none',
    async (mutation, args, selection) => {
      const ask = async (email: string) => {
        const { text, headers } = await app.ask(`mutation { ${mutation}(${args(email)}) ${selection} }`);
        return [text.replace(RANDOM, ''), headers.get('content-length')];
      };
      expect(await ask('alice@example.com')).toEqual(await ask('amber@example.com'));
    },
  );
});
