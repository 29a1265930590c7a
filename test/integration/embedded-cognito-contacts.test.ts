import {
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  CreateUserPoolCommand,
  GetUserAttributeVerificationCodeCommand,
  UpdateUserAttributesCommand,
  VerifyUserAttributeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  makeClient,
  makePool,
  makeUser,
  openEmbeddedCognito,
  signIn,
  tokensOf,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';

const DAY = 86_400_000;

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  cognito = await openEmbeddedCognito();
  poolId = await makePool(cognito, {
    AutoVerifiedAttributes: ['email', 'phone_number'],
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email', 'phone_number'] },
  });
  clientId = (
    await makeClient(cognito, poolId, { AccessTokenValidity: 1, TokenValidityUnits: { AccessToken: 'days' } })
  ).id;
});
afterAll(() => cognito.close());

let people = 0;
const person = async () => {
  const email = `person-${++people}@example.com`;
  await makeUser(cognito, poolId, email);
  return { email, token: (await tokensOf(cognito, clientId, email)).accessToken };
};
const newAddress = () => `address-${++people}@example.com`;
const update = (AccessToken: string, attributes: Record<string, string>) =>
  cognito.sdk.send(
    new UpdateUserAttributesCommand({
      AccessToken,
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
const ask = (AccessToken: string, AttributeName: string) =>
  cognito.sdk.send(new GetUserAttributeVerificationCodeCommand({ AccessToken, AttributeName }));
const verify = (AccessToken: string, AttributeName: string, Code: string) =>
  cognito.sdk.send(new VerifyUserAttributeCommand({ AccessToken, AttributeName, Code }));
const codeOf = async (to: string) => (await cognito.lastCode(to)) ?? '';
const attributesOf = async (Username: string) => {
  const user = await cognito.sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username }));
  return Object.fromEntries((user.UserAttributes ?? []).map(({ Name = '', Value }) => [Name, Value]));
};
const canSignIn = (name: string) =>
  signIn(cognito, clientId, name).then(
    () => true,
    () => false,
  );
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');

describe('a changed address', () => {
  it('takes effect when it is verified; until then the old one is good', async () => {
    const { email, token } = await person();
    const next = newAddress();
    await expect(update(token, { email: next, given_name: 'Nora' })).resolves.toMatchObject({
      CodeDeliveryDetailsList: [
        { Destination: 'a***@e***', DeliveryMedium: 'EMAIL', AttributeName: 'email' },
      ],
    });
    expect(await attributesOf(email)).toMatchObject({ email, email_verified: 'true', given_name: 'Nora' });
    expect([await canSignIn(email), await canSignIn(next)]).toEqual([true, false]);
    await verify(token, 'email', await codeOf(next));
    expect(await attributesOf(next)).toMatchObject({ email: next, email_verified: 'true' });
    expect([await canSignIn(email), await canSignIn(next)]).toEqual([false, true]);
  });

  it('may be wanted by two, and is the first one’s to verify it', async () => {
    const [one, other] = [await person(), await person()];
    const wanted = newAddress();
    await update(one.token, { email: wanted });
    const first = await codeOf(wanted);
    await update(other.token, { email: wanted });
    const second = await codeOf(wanted);
    const answers = await Promise.allSettled([
      verify(one.token, 'email', first),
      verify(other.token, 'email', second),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'AliasExistsException' },
    });
  });

  it('that somebody else has is refused, changes nothing, and is sent no mail, then or later', async () => {
    const [mine, theirs] = [await person(), await person()];
    await expect(update(mine.token, { email: theirs.email.toUpperCase() })).rejects.toMatchObject({
      name: 'AliasExistsException',
    });
    await expect(ask(mine.token, 'email')).resolves.toHaveProperty('CodeDeliveryDetails');
    expect(await cognito.lastCode(theirs.email)).toBeUndefined();
    expect(await cognito.lastCode(theirs.email.toUpperCase())).toBeUndefined();
    expect(await attributesOf(mine.email)).toMatchObject({ email: mine.email, email_verified: 'true' });
  });

  it('goes by a code that is its own: good once, for a day, for five tries, and for this address', async () => {
    const { email, token } = await person();
    const [mistyped, right] = [newAddress(), newAddress()];
    await update(token, { email: mistyped });
    const mistaken = await codeOf(mistyped);
    await update(token, { email: right });
    const code = await codeOf(right);
    if (code !== mistaken) {
      await expect(verify(token, 'email', mistaken)).rejects.toMatchObject({ name: 'CodeMismatchException' });
    }
    for (let tries = code === mistaken ? 0 : 1; tries < 5; tries += 1) {
      await expect(verify(token, 'email', otherThan(code))).rejects.toMatchObject({
        name: 'CodeMismatchException',
      });
    }
    await expect(verify(token, 'email', code)).rejects.toMatchObject({
      name: 'TooManyFailedAttemptsException',
    });

    await ask(token, 'email');
    const again = await codeOf(right);
    await verify(token, 'email', again);
    await expect(verify(token, 'email', again)).rejects.toMatchObject({ name: 'ExpiredCodeException' });
    expect(await canSignIn(email)).toBe(false);

    const late = await person();
    await update(late.token, { email: newAddress() });
    cognito.clock.advance(DAY - 1);
    const fresh = (await tokensOf(cognito, clientId, late.email)).accessToken;
    cognito.clock.advance(1);
    await expect(verify(fresh, 'email', '123456')).rejects.toMatchObject({ name: 'ExpiredCodeException' });
  });

  it('does not wait any more once an administrator has changed the present one', async () => {
    const { email, token } = await person();
    const [wanted, given] = [newAddress(), newAddress()];
    await update(token, { email: wanted });
    await cognito.sdk.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: poolId,
        Username: email,
        UserAttributes: [
          { Name: 'email', Value: given },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
    await expect(verify(token, 'email', await codeOf(wanted))).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
    expect(await attributesOf(given)).toMatchObject({ email: given });
  });

  it('waits where an administrator changes it too, unless they say that it is verified', async () => {
    const { email, token } = await person();
    const change = (Value: string, verified?: string) =>
      cognito.sdk.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId: poolId,
          Username: email,
          UserAttributes: [
            { Name: 'email', Value },
            ...(verified === undefined ? [] : [{ Name: 'email_verified', Value: verified }]),
          ],
        }),
      );
    const [one, other] = [newAddress(), newAddress()];
    await change(one);
    await change(one, 'false');
    expect(await attributesOf(email)).toMatchObject({ email, email_verified: 'true' });
    await change(other, 'true');
    expect(await attributesOf(other)).toMatchObject({ email: other, email_verified: 'true' });
    await expect(verify(token, 'email', await codeOf(one))).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
  });

  it('is sent six codes an hour', async () => {
    const { token } = await person();
    for (let times = 0; times < 6; times += 1) await update(token, { email: newAddress() });
    await expect(ask(token, 'email')).rejects.toMatchObject({ name: 'LimitExceededException' });
  });
});

describe('a telephone number', () => {
  it('is verified by a text message', async () => {
    const { email, token } = await person();
    await expect(ask(token, 'phone_number')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(update(token, { phone_number: '+15550101234' })).resolves.toMatchObject({
      CodeDeliveryDetailsList: [
        { Destination: '+*******1234', DeliveryMedium: 'SMS', AttributeName: 'phone_number' },
      ],
    });
    expect(await attributesOf(email)).not.toHaveProperty('phone_number');
    const code = await codeOf('+15550101234');
    await expect(verify(token, 'email', code)).rejects.toMatchObject({ name: 'ExpiredCodeException' });
    await verify(token, 'phone_number', code);
    expect(await attributesOf(email)).toMatchObject({
      phone_number: '+15550101234',
      phone_number_verified: 'true',
    });
    await update(token, { phone_number: '' });
    expect(await attributesOf(email)).not.toHaveProperty('phone_number_verified');
  });
});

describe('an address that is there', () => {
  it('is verified where it is not yet', async () => {
    const { email, token } = await person();
    await cognito.sdk.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: poolId,
        Username: email,
        UserAttributes: [{ Name: 'email_verified', Value: 'false' }],
      }),
    );
    await expect(ask(token, 'email')).resolves.toMatchObject({
      CodeDeliveryDetails: { Destination: 'p***@e***' },
    });
    await verify(token, 'email', await codeOf(email));
    expect(await attributesOf(email)).toMatchObject({ email, email_verified: 'true' });
  });
});

describe('pools', () => {
  it('have only what they verify by themselves verified before it changes', async () => {
    await expect(
      cognito.sdk.send(
        new CreateUserPoolCommand({
          PoolName: 'people',
          AutoVerifiedAttributes: ['email'],
          UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['phone_number'] },
        }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
    });
  });
});
