import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { wrongCode } from '../../../../support/authenticator.js';
import { PASSWORD } from '../../../../support/embedded-cognito.js';
import {
  ADDRESS,
  openIdentityServices,
  refusalOf,
  type IdentityServices,
} from '../../../../support/identity-services.js';
import {
  askForFactors,
  authenticated,
  personWithTelephone,
  PROOF,
  signIn,
} from '../../../../support/mfa-people.js';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
  await askForFactors(services, 'END_USER', 'OPTIONAL');
});
afterEach(() => services.calls.disturb(() => undefined));
afterAll(() => services.close());

const codeSentTo = async (to: string): Promise<string> => {
  const code = await services.cognito.lastCode(to);
  if (code === undefined) throw new Error(`Nothing was sent to ${to}.`);
  return code;
};

/** `+491515500001` as `+*********0001`. */
const masked = (phoneNumber: string) => phoneNumber.replace(/\d(?=\d{4})/g, '*');

async function challengeOf(email: string) {
  const step = await signIn(services, email);
  if (step.kind !== 'mfa-required') throw new Error(`No code was asked for, but ${step.kind}.`);
  return step;
}

describe('a sign-in with a telephone', () => {
  test('takes the code that was sent there, once', async () => {
    const { email, phoneNumber } = await personWithTelephone(services);
    const { authentication } = services;
    const { challenge, methods, destination } = await challengeOf(email);
    expect(methods).toEqual(['SMS']);
    expect(destination).toBe(masked(phoneNumber));
    const answer = { challenge, code: await codeSentTo(phoneNumber), method: 'SMS' as const };
    const { viewer } = authenticated(await authentication.respondToMfa(answer, ADDRESS));
    expect(viewer.session.mfaAuthenticated).toBe(true);
    await expect(authentication.respondToMfa(answer, ADDRESS)).rejects.toMatchObject({
      code: 'CODE_EXPIRED',
    });
  });

  test('is over after five wrong codes, and the account is locked for their sender', async () => {
    const { email, phoneNumber } = await personWithTelephone(services);
    const { challenge } = await challengeOf(email);
    const right = await codeSentTo(phoneNumber);
    const respond = (code: string, from = ADDRESS) =>
      refusalOf(services.authentication.respondToMfa({ challenge, code, method: 'SMS' }, from));
    for (let times = 0; times < 5; times++) {
      expect((await respond(wrongCode(right)))?.[0]).toBe('CODE_MISMATCH');
    }
    expect((await respond(right))?.[0]).toBe('ACCOUNT_LOCKED');
    const elsewhere = { ...ADDRESS, ipAddress: '198.51.100.77' };
    expect((await respond(right, elsewhere))?.[0]).toBe('CODE_EXPIRED');
  });
});

describe('a sign-in with several factors', () => {
  test('has one chosen, of those that there are', async () => {
    const { email } = await personWithTelephone(services, { andEmail: true });
    const { authentication } = services;
    const step = await signIn(services, email);
    if (step.kind !== 'mfa-selection-required') throw new Error(step.kind);
    expect([...step.methods].sort()).toEqual(['EMAIL', 'SMS']);
    const { challenge } = step;
    await expect(
      authentication.selectMfaMethod({ challenge, method: 'TOTP' }, ADDRESS),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    const chosen = await authentication.selectMfaMethod({ challenge, method: 'EMAIL' }, ADDRESS);
    if (chosen.kind !== 'mfa-required') throw new Error(chosen.kind);
    expect(chosen).toMatchObject({ methods: ['EMAIL'], destination: 'p***@e***' });
    const answer = { challenge: chosen.challenge, code: await codeSentTo(email), method: 'EMAIL' as const };
    expect((await authentication.respondToMfa(answer, ADDRESS)).kind).toBe('authenticated');
  });
});

describe('a proof of identity with a code that is sent', () => {
  const prove = (
    person: Awaited<ReturnType<typeof personWithTelephone>>,
    code: string | null,
    password = PASSWORD,
  ) => refusalOf(services.authentication.proveIdentity(person.viewer, { password, code }, ADDRESS));

  test('is made in two calls, the second with the code', async () => {
    const person = await personWithTelephone(services);
    await expect(services.authentication.proveIdentity(person.viewer, PROOF, ADDRESS)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { argument: 'code', method: 'SMS', destination: masked(person.phoneNumber) },
    });
    const code = await codeSentTo(person.phoneNumber);
    const calls = services.calls.count('InitiateAuth');
    expect((await prove(person, wrongCode(code)))?.[0]).toBe('CODE_MISMATCH');
    expect((await prove(person, code, 'Wrong-password-1'))?.[0]).toBe('INVALID_CREDENTIALS');
    expect(await prove(person, code)).toBeUndefined();
    // No further message went out for it.
    expect(services.calls.count('InitiateAuth')).toBe(calls);
  });

  test('serves one change: the next one needs another code', async () => {
    const person = await personWithTelephone(services);
    await prove(person, null);
    const code = await codeSentTo(person.phoneNumber);
    expect(await prove(person, code)).toBeUndefined();
    expect((await prove(person, code))?.[0]).toBe('CODE_EXPIRED');
    expect(await codeSentTo(person.phoneNumber)).not.toBe(code);
  });

  test('comes too late after three minutes: another code is sent', async () => {
    const person = await personWithTelephone(services);
    await prove(person, null);
    const code = await codeSentTo(person.phoneNumber);
    services.cognito.clock.advance(3 * 60_000);
    expect((await prove(person, code))?.[0]).toBe('CODE_EXPIRED');
    expect(await prove(person, await codeSentTo(person.phoneNumber))).toBeUndefined();
  });

  test('is not begun by a wrong password, nor ended in another session', async () => {
    const person = await personWithTelephone(services);
    expect((await prove(person, null, 'Wrong-password-1'))?.[0]).toBe('INVALID_CREDENTIALS');
    expect(await services.cognito.lastCode(person.phoneNumber)).toBeUndefined();
    await prove(person, null);
    const code = await codeSentTo(person.phoneNumber);
    const { challenge } = await challengeOf(person.email);
    const answer = { challenge, code: await codeSentTo(person.phoneNumber), method: 'SMS' as const };
    const { viewer } = authenticated(await services.authentication.respondToMfa(answer, ADDRESS));
    expect((await prove({ ...person, viewer }, code))?.[0]).toBe('CODE_EXPIRED');
  });
});

describe('a preference', () => {
  test('is what sign-ins ask for first, and needs a number or an address that is verified', async () => {
    const { authentication } = services;
    const { id, email } = await services.person();
    const { viewer } = authenticated(await signIn(services, email));
    const prefer = (method: 'TOTP' | 'SMS' | 'EMAIL') =>
      authentication.ownMfa.prefer(viewer, method, PROOF, ADDRESS);
    await expect(prefer('TOTP')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(prefer('SMS')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await prefer('EMAIL')).toEqual({ enabled: ['EMAIL'], preferred: 'EMAIL' });
    expect(await services.users.mfaOf(id)).toEqual({ enabled: ['EMAIL'], preferred: 'EMAIL' });
    expect(await challengeOf(email)).toMatchObject({ methods: ['EMAIL'] });
  });
});

describe('the number that codes go to', () => {
  test('is neither changed nor taken away while they do', async () => {
    const { users } = services;
    const { id, phoneNumber } = await personWithTelephone(services);
    for (const other of ['+4915199999999', null]) {
      await expect(users.update(id, { phoneNumber: other })).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { factor: 'SMS' },
      });
    }
    expect(await users.findFresh(id)).toMatchObject({ phoneNumber, phoneNumberVerified: true });
    await users.changeMfa(id, () => ({ enabled: [], preferred: null }));
    expect(await users.update(id, { phoneNumber: null })).toMatchObject({ phoneNumber: null });
  });
});
