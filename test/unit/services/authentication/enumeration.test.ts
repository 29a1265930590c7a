import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Pace } from '../../../../src/services/authentication/pace.js';
import { PASSWORD } from '../../../support/embedded-cognito.js';
import {
  ADDRESS,
  openIdentityServices,
  refusalOf,
  type IdentityServices,
} from '../../../support/identity-services.js';

const WRONG = 'Correct-horse-8';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
  // Enough that what is made up of their ids is made up without looking again.
  for (let people = 0; people < 8; people += 1) await services.person();
});
afterAll(() => services.close());

type Authentication = IdentityServices['authentication'];

const MUTATIONS: Record<string, (authentication: Authentication, email: string) => Promise<unknown>> = {
  login: (authentication, email) =>
    authentication.login({ email, password: WRONG, userType: 'END_USER' }, ADDRESS),
  register: (authentication, email) => authentication.register({ email, password: PASSWORD }),
  resendConfirmation: (authentication, email) =>
    authentication.resendConfirmation({ email, userType: 'END_USER' }),
  forgotPassword: (authentication, email) => authentication.forgotPassword({ email, userType: 'END_USER' }),
  confirmRegistration: (authentication, email) =>
    authentication.confirmRegistration({ email, userType: 'END_USER', code: '000000x' }, ADDRESS),
};
/** A sign-in is the same work for every address, argon2id included, so nothing has to be held back. */
const PACED = ['register', 'resendConfirmation', 'confirmRegistration', 'forgotPassword'];

const ADDRESSES: Record<string, () => Promise<string>> = {
  'a confirmed account': async () => (await services.person()).email,
  'an unconfirmed account': async () => {
    const email = services.newEmail();
    await services.authentication.register({ email, password: PASSWORD });
    return email;
  },
  'no account': async () => services.newEmail(),
};

/** What an attempt comes to, without what is random in it, and what Cognito was asked for it, in and out of the pace. */
async function trace(mutation: string, email: string) {
  const { calls } = services;
  const paced: string[] = [];
  const pace: Pace = async (work) => {
    const before = calls.calls.length;
    try {
      return await work();
    } finally {
      paced.push(...calls.calls.slice(before).map(({ operation }) => operation));
    }
  };
  const authentication = services.authenticationWith({ pace });
  // So that nothing is read for the first time.
  await authentication.register({ email: services.newEmail(), password: PASSWORD });
  paced.length = 0;
  const before = calls.calls.length;
  const attempt = MUTATIONS[mutation]?.(authentication, email) ?? Promise.reject(new Error(mutation));
  const refusal = await refusalOf(attempt);
  const answer = refusal ?? { ...((await attempt) as object), userId: '' };
  const asked = calls.calls.slice(before).map(({ operation }) => operation);
  return { answer, asked, paced };
}

describe.each(Object.keys(MUTATIONS))('%s', (mutation) => {
  test('answers the same, after the same calls of Cognito, whatever account there is', async () => {
    const traces = [];
    for (const address of Object.values(ADDRESSES)) traces.push(await trace(mutation, await address()));
    expect(traces[0]?.asked).toHaveLength(1);
    for (const other of traces) expect(other).toEqual(traces[0]);
  });
});

describe.each(PACED)('%s', (mutation) => {
  test('is held back for all that an account has a part in', async () => {
    const { asked, paced } = await trace(mutation, services.newEmail());
    expect(paced).toEqual(asked);
  });
});
