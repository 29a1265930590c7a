import {
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  ConfirmSignUpCommand,
  GetUserCommand,
  ResendConfirmationCodeCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  makeClient,
  makePool,
  makeUser,
  openCognitoWithPool,
  PASSWORD,
  signIn,
  tokensOf,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  ({ cognito, poolId, clientId } = await openCognitoWithPool());
});
afterAll(() => cognito.close());

const signUp = (Username: string, Password = PASSWORD, attributes: Record<string, string> = {}) =>
  cognito.sdk.send(
    new SignUpCommand({
      ClientId: clientId,
      Username,
      Password,
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
const confirm = (Username: string, ConfirmationCode: string) =>
  cognito.sdk.send(new ConfirmSignUpCommand({ ClientId: clientId, Username, ConfirmationCode }));
const resend = (Username: string) =>
  cognito.sdk.send(new ResendConfirmationCodeCommand({ ClientId: clientId, Username }));
const otherThan = (code = '') => (code === '000000' ? '000001' : '000000');

describe('SignUp', () => {
  it('sends a code, with which the address is confirmed', async () => {
    const answer = await signUp('new@example.com', PASSWORD, { given_name: 'Nora' });
    expect(answer).toMatchObject({
      UserConfirmed: false,
      CodeDeliveryDetails: { Destination: 'n***@e***', DeliveryMedium: 'EMAIL', AttributeName: 'email' },
    });
    const code = (await cognito.lastCode('new@example.com')) ?? '';
    expect(code).toMatch(/^\d{6}$/);
    await confirm('new@example.com', code);
    await expect(signIn(cognito, clientId, 'new@example.com')).resolves.toHaveProperty(
      'AuthenticationResult',
    );
    const user = await cognito.sdk.send(
      new AdminGetUserCommand({ UserPoolId: poolId, Username: 'new@example.com' }),
    );
    expect(user).toMatchObject({ Username: answer.UserSub, UserStatus: 'CONFIRMED', Enabled: true });
    expect(user.UserCreateDate).toEqual(cognito.clock.now());
    expect(Object.fromEntries((user.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]))).toEqual({
      sub: answer.UserSub,
      email: 'new@example.com',
      email_verified: 'true',
      given_name: 'Nora',
    });
  });

  it('refuses an address that is taken, whatever its case', async () => {
    await signUp('taken@example.com');
    await expect(signUp('TAKEN@example.com')).rejects.toMatchObject({
      name: 'UsernameExistsException',
      message: 'User already exists',
    });
  });

  it('lets exactly one of two have an address that both want at once', async () => {
    const answers = await Promise.allSettled([signUp('race@example.com'), signUp('Race@example.com')]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'UsernameExistsException' },
    });
  });

  it.each([
    ['short', 'Sh0rt-1'],
    ['no capital', 'lower-case-7'],
    ['no small letter', 'UPPER-CASE-7'],
    ['no number', 'Without-number'],
    ['no symbol', 'Without1symbol'],
  ])('refuses a password with %s', async (_fault, password) => {
    await expect(signUp('weak@example.com', password)).rejects.toMatchObject({
      name: 'InvalidPasswordException',
      message: expect.stringContaining('Password did not conform with policy') as string,
    });
  });

  it.each([
    ['a name that is no address', 'frida', {}],
    ['an unknown attribute', 'attr@example.com', { 'custom:unknown': 'x' }],
    ['a telephone number that is none', 'attr@example.com', { phone_number: '123' }],
    ['a sub', 'attr@example.com', { sub: 'mine' }],
    ['a value of 2,049 characters', 'attr@example.com', { name: 'x'.repeat(2_049) }],
    ['a NUL', 'attr@example.com', { name: 'a\0b' }],
    ['half a surrogate pair', 'attr@example.com', { name: 'a\ud800b' }],
  ])('refuses %s', async (_fault, name, attributes) => {
    await expect(signUp(name, PASSWORD, attributes)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('lets nobody verify their own address', async () => {
    await expect(signUp('self@example.com', PASSWORD, { email_verified: 'true' })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });

  it('says so when the message cannot be delivered', async () => {
    cognito.mail.isBroken = true;
    try {
      await expect(signUp('unreachable@example.com')).rejects.toMatchObject({
        name: 'CodeDeliveryFailureException',
      });
    } finally {
      cognito.mail.isBroken = false;
    }
  });

  it('is not for pools that administrators fill', async () => {
    const closed = await makePool(cognito, { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } });
    const { id } = await makeClient(cognito, closed);
    const command = new SignUpCommand({ ClientId: id, Username: 'a@example.com', Password: PASSWORD });
    await expect(cognito.sdk.send(command)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });
});

describe('a confirmation code', () => {
  it('is good once', async () => {
    await signUp('once@example.com');
    const code = (await cognito.lastCode('once@example.com')) ?? '';
    const answers = await Promise.allSettled([
      confirm('once@example.com', code),
      confirm('once@example.com', code),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(confirm('once@example.com', code)).rejects.toMatchObject({
      message: 'User cannot be confirmed. Current status is CONFIRMED',
    });
  });

  it('is dead after five wrong tries, even when the sixth is right', async () => {
    await signUp('guessed@example.com');
    const code = await cognito.lastCode('guessed@example.com');
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await expect(confirm('guessed@example.com', otherThan(code))).rejects.toMatchObject({
        name: 'CodeMismatchException',
        message: 'Invalid verification code provided, please try again.',
      });
    }
    await expect(confirm('guessed@example.com', code ?? '')).rejects.toMatchObject({
      name: 'TooManyFailedAttemptsException',
    });
    await resend('guessed@example.com');
    await confirm('guessed@example.com', (await cognito.lastCode('guessed@example.com')) ?? '');
  });

  it('expires after 24 hours', async () => {
    await signUp('slow@example.com');
    cognito.clock.advance(86_400_000);
    await expect(
      confirm('slow@example.com', (await cognito.lastCode('slow@example.com')) ?? ''),
    ).rejects.toMatchObject({
      name: 'ExpiredCodeException',
      message: 'Invalid code provided, please request a code again.',
    });
  });

  it('does not confirm an address that took the place of the one it was sent to', async () => {
    await signUp('before@example.com');
    await cognito.sdk.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: poolId,
        Username: 'before@example.com',
        UserAttributes: [{ Name: 'email', Value: 'after@example.com' }],
      }),
    );
    await expect(
      confirm('after@example.com', (await cognito.lastCode('before@example.com')) ?? ''),
    ).rejects.toMatchObject({ name: 'CodeMismatchException' });
  });

  it('replaces the one before', async () => {
    await signUp('again@example.com');
    const first = (await cognito.lastCode('again@example.com')) ?? '';
    await resend('again@example.com');
    const second = (await cognito.lastCode('again@example.com')) ?? '';
    if (first !== second) {
      await expect(confirm('again@example.com', first)).rejects.toMatchObject({
        name: 'CodeMismatchException',
      });
    }
    await confirm('again@example.com', second);
  });

  it('is sent again five times an hour', async () => {
    await signUp('eager@example.com');
    for (let time = 1; time <= 5; time += 1) await resend('eager@example.com');
    await expect(resend('eager@example.com')).rejects.toMatchObject({ name: 'LimitExceededException' });
    cognito.clock.advance(3_600_000);
    await expect(resend('eager@example.com')).resolves.toHaveProperty('CodeDeliveryDetails');
  });

  it('seems to be sent to who is not registered, and is always wrong for them', async () => {
    await expect(resend('nobody@example.com')).resolves.toMatchObject({
      CodeDeliveryDetails: { Destination: 'n***@e***', DeliveryMedium: 'EMAIL', AttributeName: 'email' },
    });
    expect(await cognito.lastCode('nobody@example.com')).toBeUndefined();
    await expect(confirm('nobody@example.com', '123456')).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
  });
});

describe('UpdateUserAttributes', () => {
  const update = (AccessToken: string, Name: string, Value: string) =>
    cognito.sdk.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes: [{ Name, Value }] }));

  it('unverifies a changed address, sends it a code, and lets its owner sign in with it', async () => {
    const sub = await makeUser(cognito, poolId, 'old@example.com');
    const { accessToken } = await tokensOf(cognito, clientId, 'old@example.com');
    await expect(update(accessToken, 'email', 'changed@example.com')).resolves.toMatchObject({
      CodeDeliveryDetailsList: [{ Destination: 'c***@e***' }],
    });
    const { Username, UserAttributes } = await cognito.sdk.send(
      new GetUserCommand({ AccessToken: accessToken }),
    );
    expect(Username).toBe(sub);
    expect(UserAttributes).toContainEqual({ Name: 'email_verified', Value: 'false' });
    await expect(signIn(cognito, clientId, 'changed@example.com')).resolves.toHaveProperty(
      'AuthenticationResult',
    );
    await expect(signIn(cognito, clientId, 'old@example.com')).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });

  it('refuses an address that is taken, and one own verification', async () => {
    await makeUser(cognito, poolId, 'first@example.com');
    await makeUser(cognito, poolId, 'second@example.com');
    const { accessToken } = await tokensOf(cognito, clientId, 'second@example.com');
    await expect(update(accessToken, 'email', 'First@example.com')).rejects.toMatchObject({
      name: 'AliasExistsException',
    });
    await expect(update(accessToken, 'email_verified', 'true')).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });

  it('removes an attribute with an empty value', async () => {
    await makeUser(cognito, poolId, 'removal@example.com');
    const { accessToken } = await tokensOf(cognito, clientId, 'removal@example.com');
    await update(accessToken, 'given_name', 'Rita');
    await update(accessToken, 'given_name', '');
    const { UserAttributes } = await cognito.sdk.send(new GetUserCommand({ AccessToken: accessToken }));
    expect(UserAttributes?.map(({ Name }) => Name)).not.toContain('given_name');
  });
});

describe('pools with usernames', () => {
  it('take a plain username, and an address as its alias once verified', async () => {
    const pool = await makePool(cognito, { UsernameAttributes: undefined, AliasAttributes: ['email'] });
    const { id } = await makeClient(cognito, pool);
    const attributes = [{ Name: 'email', Value: 'Frida@example.com' }];
    const register = { ClientId: id, Username: 'Frida', Password: PASSWORD, UserAttributes: attributes };
    await cognito.sdk.send(new SignUpCommand(register));
    await cognito.sdk.send(
      new ConfirmSignUpCommand({
        ClientId: id,
        Username: 'frida',
        ConfirmationCode: (await cognito.lastCode('Frida@example.com')) ?? '',
      }),
    );
    for (const name of ['FRIDA', 'frida@example.com']) {
      await expect(signIn(cognito, id, name)).resolves.toHaveProperty('AuthenticationResult');
    }

    await cognito.sdk.send(new SignUpCommand({ ...register, Username: 'impostor' }));
    await expect(
      cognito.sdk.send(
        new ConfirmSignUpCommand({
          ClientId: id,
          Username: 'impostor',
          ConfirmationCode: (await cognito.lastCode('Frida@example.com')) ?? '',
        }),
      ),
    ).rejects.toMatchObject({ name: 'AliasExistsException' });
    await expect(
      cognito.sdk.send(new SignUpCommand({ ...register, Username: 'an@address.com' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
