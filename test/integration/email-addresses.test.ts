import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  ConfirmRegistrationDocument,
  LoginDocument,
  RegisterDocument,
  ResendConfirmationDocument,
} from '../operations/generated.js';
import { PASSWORD, RunningApp } from '../support/running-app.js';

const SPELLINGS = ['alice@example.com ', ' Alice@Example.com', 'ａｌｉｃｅ＠example.com'];

describe('an address, however it is typed', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ RATE_LIMITS: 'resendConfirmation.account=3/1h,*=1000/1m' });
  });
  afterAll(() => app.stop());

  const login = (email: string, password: string) =>
    app.ask(LoginDocument, { variables: { input: { email, password } } });

  it.each(SPELLINGS)('signs in: %j', async (email) => {
    const { data, errors } = await login(email, app.passwordOf('alice@example.com'));
    expect(errors).toEqual([]);
    expect(data?.login).toMatchObject({ __typename: 'Authenticated', user: { email: 'alice@example.com' } });
  });

  it('signs in as a literal', async () => {
    const { data } = await app.ask(
      `mutation { login(input: { email: " alice@example.com ", password: "${app.passwordOf('alice@example.com')}" }) { __typename } }`,
    );
    expect(data).toEqual({ login: { __typename: 'Authenticated' } });
  });

  it('has one account of an internationalised domain, under the name that the mail knows', async () => {
    const typed = 'max@bücher.example';
    const mailed = 'max@xn--bcher-kva.example';
    await app.ask(RegisterDocument, { variables: { input: { email: typed, password: PASSWORD } } });
    const confirmed = await app.ask(ConfirmRegistrationDocument, {
      variables: { input: { email: typed.normalize('NFD'), code: await app.latestCode(mailed) } },
    });
    expect(confirmed.data).toEqual({ confirmRegistration: true });
    for (const email of [typed, mailed]) {
      expect((await login(email, PASSWORD)).data?.login).toMatchObject({ user: { email: mailed } });
    }
  });

  it('is counted as one account', async () => {
    const resend = (email: string) => app.ask(ResendConfirmationDocument, { variables: { email } });
    for (const email of SPELLINGS) expect((await resend(email)).errors).toEqual([]);
    expect((await resend('alice@example.com')).errors[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: 'resendConfirmation.account' },
    });
  });

  it('is locked as one account', async () => {
    const typed = [
      'bob@example.com ',
      ' BOB@example.com',
      'ｂｏｂ@example.com',
      'bob＠example.com',
      '\tbob@example.com',
    ];
    for (const email of typed) {
      expect((await login(email, 'Wrong-password-1')).faults).toEqual(['INVALID_CREDENTIALS at login']);
    }
    expect((await login('bob@example.com', app.passwordOf('bob@example.com'))).faults).toEqual([
      'ACCOUNT_LOCKED at login',
    ]);
  });
});
