import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  GetUserCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { codes, mailbox } from '../../src/services/database/schema/embedded-cognito.js';
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

const HOUR = 3_600_000;
const NEXT = 'Another-horse-8';

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  ({ cognito, poolId, clientId } = await openCognitoWithPool());
});
afterAll(() => cognito.close());

let people = 0;
const person = async (pool = poolId) => {
  const email = `person-${++people}@example.com`;
  await makeUser(cognito, pool, email);
  return email;
};
const forgot = (Username: string, ClientId = clientId) =>
  cognito.sdk.send(new ForgotPasswordCommand({ ClientId, Username }));
const confirm = (Username: string, ConfirmationCode: string, Password = NEXT, ClientId = clientId) =>
  cognito.sdk.send(new ConfirmForgotPasswordCommand({ ClientId, Username, ConfirmationCode, Password }));
const codeOf = async (email: string) => (await cognito.lastCode(email)) ?? '';
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');
const statusOf = async (Username: string) =>
  (await cognito.sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username }))).UserStatus;
const change = (AccessToken: string, PreviousPassword: string, ProposedPassword: string) =>
  cognito.sdk.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword }));

describe('a forgotten password', () => {
  it('is replaced with the code that was mailed; sign-ins that there are go on', async () => {
    const email = await person();
    const { accessToken } = await tokensOf(cognito, clientId, email);
    await expect(forgot(email.toUpperCase())).resolves.toMatchObject({
      CodeDeliveryDetails: { Destination: 'p***@e***', DeliveryMedium: 'EMAIL', AttributeName: 'email' },
    });
    await confirm(email, await codeOf(email));
    await expect(signIn(cognito, clientId, email)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(signIn(cognito, clientId, email, NEXT)).resolves.toHaveProperty('AuthenticationResult');
    await expect(cognito.sdk.send(new GetUserCommand({ AccessToken: accessToken }))).resolves.toHaveProperty(
      'Username',
    );
  });

  it('goes by a code that is good once, for an hour, and for five tries', async () => {
    const email = await person();
    await forgot(email);
    const code = await codeOf(email);
    const both = await Promise.allSettled([confirm(email, code), confirm(email, code, 'Third-horse-99')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(confirm(email, code)).rejects.toMatchObject({ name: 'ExpiredCodeException' });

    await forgot(email);
    cognito.clock.advance(HOUR);
    await expect(confirm(email, await codeOf(email))).rejects.toMatchObject({ name: 'ExpiredCodeException' });

    await forgot(email);
    const guessed = await codeOf(email);
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(confirm(email, otherThan(guessed))).rejects.toMatchObject({
        name: 'CodeMismatchException',
      });
    }
    await expect(confirm(email, guessed)).rejects.toMatchObject({ name: 'TooManyFailedAttemptsException' });
  });

  it('does not go by the code of another purpose, of another person, or of an address before', async () => {
    const newcomer = 'newcomer@example.com';
    await cognito.sdk.send(new SignUpCommand({ ClientId: clientId, Username: newcomer, Password: PASSWORD }));
    await expect(confirm(newcomer, await codeOf(newcomer))).rejects.toMatchObject({
      name: 'ExpiredCodeException',
    });

    const [one, other] = [await person(), await person()];
    await forgot(one);
    await forgot(other);
    const code = await codeOf(one);
    if (code !== (await codeOf(other))) {
      await expect(confirm(other, code)).rejects.toMatchObject({ name: 'CodeMismatchException' });
    }
    const moved = `moved-${one}`;
    await cognito.sdk.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: poolId,
        Username: one,
        UserAttributes: [
          { Name: 'email', Value: moved },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
    await expect(confirm(moved, code)).rejects.toMatchObject({ name: 'CodeMismatchException' });
  });

  it('keeps its code when the new password is refused, and no code in clear', async () => {
    const email = await person();
    await forgot(email);
    const code = await codeOf(email);
    await expect(confirm(email, code, 'weak')).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    const rows = await cognito.db.select().from(codes);
    expect(rows.some(({ sealedCode }) => sealedCode.toString('latin1').includes(code))).toBe(false);
    await confirm(email, code);
  });

  it('ends what was begun with the old one', async () => {
    const email = await person();
    await cognito.sdk.send(
      new AdminSetUserPasswordCommand({ UserPoolId: poolId, Username: email, Password: PASSWORD }),
    );
    const { Session, ChallengeName } = await signIn(cognito, clientId, email);
    expect(ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    await cognito.sdk.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: poolId,
        Username: email,
        Password: NEXT,
        Permanent: true,
      }),
    );
    await forgot(email);
    await confirm(email, await codeOf(email), 'Third-horse-99');
    await expect(
      cognito.sdk.send(
        new RespondToAuthChallengeCommand({
          ClientId: clientId,
          ChallengeName,
          Session,
          ChallengeResponses: { USERNAME: email, NEW_PASSWORD: 'Fourth-horse-9' },
        }),
      ),
    ).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  it('is asked for six times an hour, for names that there are and that there are not', async () => {
    for (const name of [await person(), 'nobody-at-all@example.com']) {
      for (let times = 0; times < 6; times += 1) await forgot(name);
      await expect(forgot(name)).rejects.toMatchObject({ name: 'LimitExceededException' });
    }
    cognito.clock.advance(HOUR);
    await expect(forgot('nobody-at-all@example.com')).resolves.toHaveProperty('CodeDeliveryDetails');
  });

  it('of a name that nobody has is answered and written down as another, and mailed to nobody', async () => {
    const email = await person();
    const count = async () => ({
      codes: (await cognito.db.select().from(codes)).length,
      messages: (await cognito.db.select().from(mailbox)).length,
    });
    const before = await count();
    const known = await forgot(email);
    const between = await count();
    const unknown = await forgot('phantom@example.com');
    const after = await count();
    expect(unknown.CodeDeliveryDetails).toEqual(known.CodeDeliveryDetails);
    expect(after.codes - between.codes).toBe(between.codes - before.codes);
    expect(after.messages - between.messages).toBe(between.messages - before.messages);
    expect(await cognito.lastCode('phantom@example.com')).toBeUndefined();
    expect(await cognito.lastCode('')).toBeUndefined();
    for (let tries = 0; tries < 6; tries += 1) {
      await expect(confirm('phantom@example.com', '123456')).rejects.toMatchObject({
        name: 'CodeMismatchException',
      });
    }
  });

  it('of a name that nobody has is told to a client that may know', async () => {
    const { id } = await makeClient(cognito, poolId, { PreventUserExistenceErrors: 'LEGACY' });
    await expect(forgot('nobody@example.com', id)).rejects.toMatchObject({ name: 'UserNotFoundException' });
    await expect(confirm('nobody@example.com', '123456', NEXT, id)).rejects.toMatchObject({
      name: 'UserNotFoundException',
    });
  });

  it('is not replaced by who is disabled, invited, or has no verified address', async () => {
    const disabled = await person();
    await forgot(disabled);
    await cognito.sdk.send(new AdminDisableUserCommand({ UserPoolId: poolId, Username: disabled }));
    await expect(forgot(disabled)).rejects.toMatchObject({ message: 'User is disabled.' });
    await expect(confirm(disabled, await codeOf(disabled))).rejects.toMatchObject({
      message: 'User is disabled.',
    });
    const invited = 'invited@example.com';
    await cognito.sdk.send(new AdminCreateUserCommand({ UserPoolId: poolId, Username: invited }));
    await expect(forgot(invited)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'User password cannot be reset in the current state.',
    });
    const unconfirmed = 'unconfirmed@example.com';
    await cognito.sdk.send(
      new SignUpCommand({ ClientId: clientId, Username: unconfirmed, Password: PASSWORD }),
    );
    await expect(forgot(unconfirmed)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Cannot reset password for the user as there is no registered/verified email or phone_number',
    });
  });

  it('goes by the contact that the pool says', async () => {
    const number = '+15550101234';
    const attributes = [
      { Name: 'phone_number', Value: number },
      { Name: 'phone_number_verified', Value: 'true' },
    ];
    const withNumber = async (pool: string) => {
      const email = await person(pool);
      await cognito.sdk.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId: pool,
          Username: email,
          UserAttributes: attributes,
        }),
      );
      return email;
    };
    const recovering = async (...names: ('verified_email' | 'verified_phone_number' | 'admin_only')[]) => {
      const pool = await makePool(cognito, {
        AccountRecoverySetting: {
          RecoveryMechanisms: names.map((Name, index) => ({ Name, Priority: index + 1 })),
        },
      });
      return forgot(await withNumber(pool), (await makeClient(cognito, pool)).id);
    };
    await expect(forgot(await withNumber(poolId))).resolves.toMatchObject({
      CodeDeliveryDetails: { Destination: '+*******1234', DeliveryMedium: 'SMS' },
    });
    expect(await codeOf(number)).toMatch(/^\d{6}$/);
    await expect(recovering('verified_email', 'verified_phone_number')).resolves.toMatchObject({
      CodeDeliveryDetails: { DeliveryMedium: 'EMAIL' },
    });
    await expect(recovering('admin_only')).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });
});

describe('ChangePassword', () => {
  it('replaces the password of who knows it', async () => {
    const email = await person();
    const { accessToken } = await tokensOf(cognito, clientId, email);
    await expect(change(accessToken, PASSWORD, 'weak')).rejects.toMatchObject({
      name: 'InvalidPasswordException',
    });
    await change(accessToken, PASSWORD, NEXT);
    await expect(signIn(cognito, clientId, email)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(signIn(cognito, clientId, email, NEXT)).resolves.toHaveProperty('AuthenticationResult');
  });

  it('counts a wrong password as a failed sign-in', async () => {
    const email = await person();
    const { accessToken } = await tokensOf(cognito, clientId, email);
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(change(accessToken, 'Wrong-horse-1', NEXT)).rejects.toMatchObject({
        message: 'Incorrect username or password.',
      });
    }
    await expect(change(accessToken, PASSWORD, NEXT)).rejects.toMatchObject({
      message: 'Password attempts exceeded',
    });
    await expect(signIn(cognito, clientId, email)).rejects.toMatchObject({
      message: 'Password attempts exceeded',
    });
  });

  it('lets no sign-in begin with the password that it replaces', async () => {
    const email = await person();
    const { accessToken } = await tokensOf(cognito, clientId, email);
    const [, ...signIns] = await Promise.allSettled([
      change(accessToken, PASSWORD, NEXT),
      ...Array.from({ length: 4 }, () => signIn(cognito, clientId, email)),
    ]);
    for (const settled of signIns) {
      if (settled.status === 'rejected')
        expect(settled.reason).toMatchObject({ name: 'NotAuthorizedException' });
    }
    await expect(signIn(cognito, clientId, email)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });
});

describe('AdminResetUserPassword', () => {
  const reset = (Username: string) =>
    cognito.sdk.send(new AdminResetUserPasswordCommand({ UserPoolId: poolId, Username }));

  it('takes the password and the sign-ins away, until a new one is chosen', async () => {
    const email = await person();
    const { accessToken } = await tokensOf(cognito, clientId, email);
    await reset(email);
    expect(await statusOf(email)).toBe('RESET_REQUIRED');
    await expect(cognito.sdk.send(new GetUserCommand({ AccessToken: accessToken }))).rejects.toMatchObject({
      message: 'Access Token has been revoked',
    });
    await expect(signIn(cognito, clientId, email)).rejects.toMatchObject({
      name: 'PasswordResetRequiredException',
    });
    await confirm(email, await codeOf(email));
    expect(await statusOf(email)).toBe('CONFIRMED');
    await expect(signIn(cognito, clientId, email, NEXT)).resolves.toHaveProperty('AuthenticationResult');
  });

  it('is refused where no code can go, and changes nothing then', async () => {
    await expect(reset('nobody@example.com')).rejects.toMatchObject({ name: 'UserNotFoundException' });
    const invited = 'invited-2@example.com';
    await cognito.sdk.send(new AdminCreateUserCommand({ UserPoolId: poolId, Username: invited }));
    await expect(reset(invited)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    expect(await statusOf(invited)).toBe('FORCE_CHANGE_PASSWORD');
    const email = await person();
    for (let times = 0; times < 6; times += 1) await forgot(email);
    await expect(reset(email)).rejects.toMatchObject({ name: 'LimitExceededException' });
    expect(await statusOf(email)).toBe('CONFIRMED');
  });
});

describe('a password history', () => {
  let historyPool: string;
  let historyClient: string;
  beforeAll(async () => {
    historyPool = await makePool(cognito, { Policies: { PasswordPolicy: { PasswordHistorySize: 3 } } });
    historyClient = (await makeClient(cognito, historyPool)).id;
  });
  const refused = { name: 'PasswordHistoryPolicyViolationException' };
  const [first, second, third, fourth] = [PASSWORD, 'Second-horse-7', 'Third-horse-77', 'Fourth-horse-7'];

  it('keeps the last ones from being chosen again, the present one among them', async () => {
    const email = await person(historyPool);
    const { accessToken } = await tokensOf(cognito, historyClient, email);
    await expect(change(accessToken, first, first)).rejects.toMatchObject(refused);
    await change(accessToken, first, second);
    await change(accessToken, second, third);
    for (const used of [first, second, third]) {
      await expect(change(accessToken, third, used)).rejects.toMatchObject(refused);
    }
    await change(accessToken, third, fourth);
    await change(accessToken, fourth, first);
  });

  it('counts for a forgotten password, whose code stays good, and not before the code is right', async () => {
    const email = await person(historyPool);
    await forgot(email, historyClient);
    const code = await codeOf(email);
    await expect(confirm(email, otherThan(code), PASSWORD, historyClient)).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
    await expect(confirm(email, code, PASSWORD, historyClient)).rejects.toMatchObject(refused);
    await confirm(email, code, NEXT, historyClient);
  });

  it('counts a temporary password, and what an administrator gave', async () => {
    const email = await person(historyPool);
    const give = (Password: string) =>
      cognito.sdk.send(
        new AdminSetUserPasswordCommand({ UserPoolId: historyPool, Username: email, Password }),
      );
    await give(second);
    const { Session } = await signIn(cognito, historyClient, email, second);
    const complete = (NEW_PASSWORD: string) =>
      cognito.sdk.send(
        new RespondToAuthChallengeCommand({
          ClientId: historyClient,
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          Session,
          ChallengeResponses: { USERNAME: email, NEW_PASSWORD },
        }),
      );
    await expect(complete(second)).rejects.toMatchObject(refused);
    await expect(complete(first)).rejects.toMatchObject(refused);
    await expect(complete(third)).resolves.toHaveProperty('AuthenticationResult');
  });
});
