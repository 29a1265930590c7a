import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetGroupCommand,
  GetUserCommand,
  ListGroupsCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  RespondToAuthChallengeCommand,
  UpdateGroupCommand,
  type ListUsersCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  makePool,
  makeUser,
  openCognitoWithPool,
  REGION,
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

const getUser = (Username: string) =>
  cognito.sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username }));

describe('pools and clients', () => {
  it('are described as they were made', async () => {
    const { UserPool } = await cognito.sdk.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
    expect(UserPool).toMatchObject({
      Id: poolId,
      UsernameAttributes: ['email'],
      Policies: {
        PasswordPolicy: { MinimumLength: 8, RequireSymbols: true, TemporaryPasswordValidityDays: 7 },
      },
    });
    expect(poolId).toMatch(new RegExp(`^${REGION}_[0-9A-Za-z]{9}$`));
    const { UserPoolClient } = await cognito.sdk.send(
      new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId }),
    );
    expect(UserPoolClient).toMatchObject({ ClientId: clientId, EnableTokenRevocation: true });
    expect(UserPoolClient).not.toHaveProperty('ClientSecret');
  });

  it('are listed in pages', async () => {
    await makePool(cognito);
    const first = await cognito.sdk.send(new ListUserPoolsCommand({ MaxResults: 1 }));
    expect(first.UserPools).toHaveLength(1);
    const second = await cognito.sdk.send(
      new ListUserPoolsCommand({ MaxResults: 60, NextToken: first.NextToken }),
    );
    expect(second.UserPools?.map(({ Id }) => Id)).not.toContain(first.UserPools?.[0]?.Id);
    const clients = await cognito.sdk.send(new ListUserPoolClientsCommand({ UserPoolId: poolId }));
    expect(clients.UserPoolClients?.map(({ ClientId }) => ClientId)).toContain(clientId);
  });

  it('are not found when they are not there', async () => {
    const elsewhere = await makePool(cognito);
    for (const command of [
      new DescribeUserPoolCommand({ UserPoolId: `${REGION}_nothing00` }),
      new DescribeUserPoolClientCommand({ UserPoolId: elsewhere, ClientId: clientId }),
    ]) {
      await expect(cognito.sdk.send(command as DescribeUserPoolCommand)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    }
  });
});

describe('users', () => {
  it('are made with a password that keeps the policy, which is sent to them', async () => {
    const { User } = await cognito.sdk.send(
      new AdminCreateUserCommand({ UserPoolId: poolId, Username: 'made@example.com' }),
    );
    expect(User).toMatchObject({ UserStatus: 'FORCE_CHANGE_PASSWORD', Enabled: true });
    const password = (await cognito.lastCode('made@example.com')) ?? '';
    expect((await signIn(cognito, clientId, 'made@example.com', password)).ChallengeName).toBe(
      'NEW_PASSWORD_REQUIRED',
    );
    const resend = new AdminCreateUserCommand({
      UserPoolId: poolId,
      Username: 'made@example.com',
      MessageAction: 'RESEND',
    });
    await cognito.sdk.send(resend);
    expect(await cognito.lastCode('made@example.com')).not.toBe(password);
    await expect(signIn(cognito, clientId, 'made@example.com', password)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
    await makeUser(cognito, poolId, 'settled@example.com');
    await expect(
      cognito.sdk.send(
        new AdminCreateUserCommand({
          UserPoolId: poolId,
          Username: 'settled@example.com',
          MessageAction: 'RESEND',
        }),
      ),
    ).rejects.toMatchObject({ name: 'UnsupportedUserStateException' });
  });

  it.each(['another invitation', 'disabling'])('begun sign-ins end with %s', async (what) => {
    const Username = `${what.replace(' ', '-')}@example.com`;
    const person = { UserPoolId: poolId, Username };
    await cognito.sdk.send(new AdminCreateUserCommand(person));
    const { Session } = await signIn(cognito, clientId, Username, await cognito.lastCode(Username));
    if (what === 'disabling') {
      await cognito.sdk.send(new AdminDisableUserCommand(person));
      await cognito.sdk.send(new AdminEnableUserCommand(person));
    } else {
      await cognito.sdk.send(new AdminCreateUserCommand({ ...person, MessageAction: 'RESEND' }));
    }
    await expect(
      cognito.sdk.send(
        new RespondToAuthChallengeCommand({
          ClientId: clientId,
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          Session,
          ChallengeResponses: { USERNAME: Username, NEW_PASSWORD: 'Stolen-lantern-9' },
        }),
      ),
    ).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  it('are made once, and with SUPPRESS without a message', async () => {
    const command = new AdminCreateUserCommand({
      UserPoolId: poolId,
      Username: 'quiet@example.com',
      MessageAction: 'SUPPRESS',
    });
    await cognito.sdk.send(command);
    expect(await cognito.lastCode('quiet@example.com')).toBeUndefined();
    await expect(cognito.sdk.send(command)).rejects.toMatchObject({ name: 'UsernameExistsException' });
  });

  it('have an unverified address after an administrator changed it, unless the call says otherwise', async () => {
    const sub = await makeUser(cognito, poolId, 'moving@example.com');
    const update = (attributes: Record<string, string>) =>
      cognito.sdk.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId: poolId,
          Username: sub,
          UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
    await update({ email: 'moved@example.com' });
    expect((await getUser(sub)).UserAttributes).toContainEqual({ Name: 'email_verified', Value: 'false' });
    await update({ email: 'moved-again@example.com', email_verified: 'true' });
    expect((await getUser('moved-again@example.com')).UserAttributes).toContainEqual({
      Name: 'email_verified',
      Value: 'true',
    });
    await expect(getUser('moving@example.com')).rejects.toMatchObject({
      name: 'UserNotFoundException',
      message: 'User does not exist.',
    });
  });

  it('may be given a temporary password, and be deleted', async () => {
    const sub = await makeUser(cognito, poolId, 'doomed@example.com');
    const { accessToken } = await tokensOf(cognito, clientId, sub);
    await cognito.sdk.send(
      new AdminSetUserPasswordCommand({ UserPoolId: poolId, Username: sub, Password: 'Another-one-8' }),
    );
    expect((await getUser(sub)).UserStatus).toBe('FORCE_CHANGE_PASSWORD');
    await cognito.sdk.send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username: sub }));
    await expect(getUser(sub)).rejects.toMatchObject({ name: 'UserNotFoundException' });
    await expect(cognito.sdk.send(new GetUserCommand({ AccessToken: accessToken }))).rejects.toMatchObject({
      name: 'UserNotFoundException',
    });
    await makeUser(cognito, poolId, 'doomed@example.com');
  });
});

describe('ListUsers', () => {
  let crowd: string;
  const list = (input: Omit<ListUsersCommandInput, 'UserPoolId'>) =>
    cognito.sdk.send(new ListUsersCommand({ UserPoolId: crowd, ...input }));
  const emails = async (Filter: string) =>
    ((await list({ Filter })).Users ?? [])
      .map(({ Attributes }) => Attributes?.find(({ Name }) => Name === 'email')?.Value)
      .sort();

  beforeAll(async () => {
    crowd = await makePool(cognito);
    for (let number = 0; number < 7; number += 1) {
      await cognito.sdk.send(
        new AdminCreateUserCommand({
          UserPoolId: crowd,
          Username: `Crowd_${number}@example.com`,
          TemporaryPassword: 'Crowded-1',
          MessageAction: 'SUPPRESS',
          UserAttributes: [{ Name: 'given_name', Value: number % 2 === 0 ? 'Ev"en' : 'Odd' }],
        }),
      );
    }
  });

  it('gives every user once, page by page', async () => {
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = await list({ Limit: 3, PaginationToken: token });
      expect(page.Users?.length).toBeLessThanOrEqual(3);
      seen.push(...(page.Users ?? []).map(({ Username }) => Username));
      token = page.PaginationToken;
    } while (token !== undefined);
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
  });

  it('filters', async () => {
    expect(await emails('email = "crowd_3@EXAMPLE.com"')).toEqual(['Crowd_3@example.com']);
    expect(await emails('email ^= "crowd_"')).toHaveLength(7);
    expect(await emails('email ^= "crowd%"')).toEqual([]);
    expect(await emails('given_name = "Ev\\"en"')).toHaveLength(4);
    expect(await emails('given_name ^= "Od"')).toHaveLength(3);
    expect(await emails('cognito:user_status = "force_change_password"')).toHaveLength(7);
    expect(await emails('status = "Disabled"')).toEqual([]);
  });

  it('gives only the attributes asked for', async () => {
    const { Users } = await list({ AttributesToGet: ['email'], Limit: 1 });
    expect(Users?.[0]?.Attributes?.map(({ Name }) => Name)).toEqual(['email']);
  });

  it('refuses what it cannot search, and tokens of another search', async () => {
    await expect(list({ Filter: 'email > "x"' })).rejects.toMatchObject({
      message: 'Error while parsing filter',
    });
    await expect(list({ Filter: 'custom:foo = "x"' })).rejects.toMatchObject({
      message: 'Invalid search attribute: custom:foo',
    });
    const { PaginationToken } = await list({ Limit: 1 });
    for (const input of [
      { PaginationToken, Filter: 'given_name = "Odd"' },
      { PaginationToken: 'nonsense' },
      { Limit: 61 },
    ]) {
      await expect(list(input)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
  });
});

describe('groups', () => {
  it('are made, shown, changed, listed and deleted', async () => {
    const group = { UserPoolId: poolId, GroupName: 'editors' };
    await cognito.sdk.send(new CreateGroupCommand({ ...group, Description: 'They edit.', Precedence: 3 }));
    await expect(cognito.sdk.send(new CreateGroupCommand(group))).rejects.toMatchObject({
      name: 'GroupExistsException',
    });
    await cognito.sdk.send(new UpdateGroupCommand({ ...group, Precedence: 0 }));
    expect((await cognito.sdk.send(new GetGroupCommand(group))).Group).toMatchObject({
      GroupName: 'editors',
      Description: 'They edit.',
      Precedence: 0,
    });
    await cognito.sdk.send(new CreateGroupCommand({ UserPoolId: poolId, GroupName: 'authors' }));
    const first = await cognito.sdk.send(new ListGroupsCommand({ UserPoolId: poolId, Limit: 1 }));
    expect(first.Groups?.map(({ GroupName }) => GroupName)).toEqual(['authors']);
    const second = await cognito.sdk.send(
      new ListGroupsCommand({ UserPoolId: poolId, NextToken: first.NextToken }),
    );
    expect(second.Groups?.map(({ GroupName }) => GroupName)).toEqual(['editors']);
    await cognito.sdk.send(new DeleteGroupCommand(group));
    await expect(cognito.sdk.send(new GetGroupCommand(group))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('have members, who carry them in their tokens by precedence', async () => {
    const Username = await makeUser(cognito, poolId, 'member@example.com');
    for (const [GroupName, Precedence] of [
      ['late', 9],
      ['early', 1],
      ['unranked', undefined],
    ] as const) {
      await cognito.sdk.send(new CreateGroupCommand({ UserPoolId: poolId, GroupName, Precedence }));
      const membership = { UserPoolId: poolId, GroupName, Username };
      await cognito.sdk.send(new AdminAddUserToGroupCommand(membership));
      await cognito.sdk.send(new AdminAddUserToGroupCommand(membership));
    }
    const { accessToken, idToken } = await tokensOf(cognito, clientId, Username);
    for (const token of [accessToken, idToken]) {
      expect(decodeJwt(token)['cognito:groups']).toEqual(['early', 'late', 'unranked']);
    }
    const members = await cognito.sdk.send(
      new ListUsersInGroupCommand({ UserPoolId: poolId, GroupName: 'early' }),
    );
    expect(members.Users?.map((user) => user.Username)).toEqual([Username]);

    const membership = { UserPoolId: poolId, GroupName: 'early', Username };
    await cognito.sdk.send(new AdminRemoveUserFromGroupCommand(membership));
    const { Groups } = await cognito.sdk.send(
      new AdminListGroupsForUserCommand({ UserPoolId: poolId, Username }),
    );
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['late', 'unranked']);
    await expect(
      cognito.sdk.send(new AdminAddUserToGroupCommand({ ...membership, GroupName: 'nowhere' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
