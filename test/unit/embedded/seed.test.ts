import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  NotAuthorizedException,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { provisionPool } from '../../../src/embedded/provision-pools.js';
import type { PoolKind, ProvisionedPools } from '../../../src/embedded/provision-pools.js';
import { readCredentials } from '../../../src/embedded/seed-credentials.js';
import { seedPeople } from '../../../src/embedded/seed.js';
import type { SeedOptions } from '../../../src/embedded/seed.js';
import { createSettings } from '../../../src/embedded/settings.js';
import type { Database } from '../../../src/services/database/database.js';
import { systemRandomness } from '../../../src/services/randomness.js';
import { openTestDatabase } from '../../support/database.js';
import { cutShortAfter, embeddedClients, forgetSeeded } from '../../support/embedded-clients.js';
import type { EmbeddedClients } from '../../support/embedded-clients.js';

const MFA = { adminMfa: 'optional', textMessages: false } as const;

let database: Database;
let clients: EmbeddedClients;
let pools: ProvisionedPools;
let dataDir: string;

beforeAll(async () => {
  database = await openTestDatabase();
  clients = embeddedClients(database);
  const [ADMIN, END_USER] = await Promise.all([
    provisionPool(clients.cognito, 'ADMIN', MFA),
    provisionPool(clients.cognito, 'END_USER', MFA),
  ]);
  pools = { ADMIN, END_USER };
});

afterAll(() => database.close());

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'portcullis-seed-'));
  await forgetSeeded(database);
  return () => rm(dataDir, { recursive: true });
});

const seed = (options: Partial<SeedOptions> = {}) =>
  seedPeople({
    cognito: clients.cognito,
    pools,
    dataDir,
    admin: { email: 'admin@example.com' },
    demonstration: true,
    randomness: systemRandomness,
    settings: createSettings(database.db),
    ...options,
  });

async function emailsIn(kind: PoolKind): Promise<string[]> {
  const { Users = [] } = await clients.cognito.send(new ListUsersCommand({ UserPoolId: pools[kind].poolId }));
  return Users.map(
    ({ Attributes = [] }) => Attributes.find(({ Name }) => Name === 'email')?.Value ?? '',
  ).sort();
}

const signIn = (kind: PoolKind, email: string, password: string) =>
  clients.cognito.send(
    new InitiateAuthCommand({
      ClientId: pools[kind].clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );

describe('seedPeople', () => {
  it('makes the first people, who sign in with the passwords in the file', async () => {
    const { people, credentialsPath = '' } = await seed();
    expect(people).toEqual([
      { email: 'admin@example.com', userType: 'ADMIN', roles: ['administrator'] },
      { email: 'auditor@example.com', userType: 'ADMIN', roles: ['auditor'] },
      { email: 'alice@example.com', userType: 'END_USER', roles: ['member'] },
      { email: 'bob@example.com', userType: 'END_USER', roles: ['member'] },
      { email: 'carol@example.com', userType: 'END_USER', roles: ['member'] },
    ]);
    expect(credentialsPath).toBe(join(dataDir, 'seed-credentials'));
    expect((await stat(credentialsPath)).mode & 0o777).toBe(0o600);

    const lines = (await readFile(credentialsPath, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(people.length);
    for (const [index, { email, userType, roles }] of people.entries()) {
      expect(lines[index]).toMatch(new RegExp(`^${email} \\S{24} ${userType}$`));
      const password = lines[index]?.split(' ')[1] ?? '';
      expect((await signIn(userType, email, password)).AuthenticationResult?.AccessToken).toBeTruthy();
      const account = { UserPoolId: pools[userType].poolId, Username: email };
      const { Groups = [] } = await clients.cognito.send(new AdminListGroupsForUserCommand(account));
      expect(Groups.map(({ GroupName }) => GroupName)).toEqual(roles);
      const person = await clients.cognito.send(new AdminGetUserCommand(account));
      expect(person.UserStatus).toBe('CONFIRMED');
      const attributes = Object.fromEntries(
        (person.UserAttributes ?? []).map(({ Name = '', Value = '' }) => [Name, Value]),
      );
      expect(attributes).toMatchObject({ email, email_verified: 'true' });
      expect(attributes['given_name']).toBeTruthy();
      expect(attributes['family_name']).toBeTruthy();
    }
  });

  it('seeds the administrator alone where there is nothing to demonstrate', async () => {
    const { people } = await seed({ demonstration: false });
    expect(people.map(({ email }) => email)).toEqual(['admin@example.com']);
    expect([await emailsIn('ADMIN'), await emailsIn('END_USER')]).toEqual([['admin@example.com'], []]);
  });

  it("takes the operator's password, and writes it nowhere", async () => {
    const password = 'Chosen-by-1-operator';
    const first = await seed({ admin: { email: 'root@example.org', password }, demonstration: false });
    expect(first.credentialsPath).toBeUndefined();
    expect((await signIn('ADMIN', 'root@example.org', password)).AuthenticationResult).toBeDefined();

    const { credentialsPath = '' } = await seed({ admin: { email: 'root@example.org', password } });
    const file = await readFile(credentialsPath, 'utf8');
    expect(file).not.toContain(password);
    expect(file).not.toContain('root@example.org');
  });

  it('gives an administrator with the address of a demonstration person no second role', async () => {
    const { people } = await seed({ admin: { email: 'auditor@example.com' } });
    expect(people.filter(({ email }) => email === 'auditor@example.com')).toEqual([
      { email: 'auditor@example.com', userType: 'ADMIN', roles: ['administrator'] },
    ]);
  });

  it('seeds once: who was deleted stays deleted, and passwords stay as they are', async () => {
    const first = await seed();
    const before = await readFile(first.credentialsPath ?? '', 'utf8');
    await clients.cognito.send(
      new AdminDeleteUserCommand({ UserPoolId: pools.END_USER.poolId, Username: 'bob@example.com' }),
    );
    expect(await seed()).toEqual(first);
    expect(await seed({ admin: { email: 'another@example.com' } })).toEqual(first);
    expect(await emailsIn('END_USER')).toEqual(['alice@example.com', 'carol@example.com']);
    expect(await emailsIn('ADMIN')).toEqual(['admin@example.com', 'auditor@example.com']);
    expect(await readFile(first.credentialsPath ?? '', 'utf8')).toBe(before);
  });

  it('may be cut short anywhere, and ends the work at the next run with the same passwords', async () => {
    let finished = false;
    for (let calls = 0; !finished; calls += 1) {
      await forgetSeeded(database);
      await rm(join(dataDir, 'seed-credentials'), { force: true });
      cutShortAfter(clients.cognitoCalls, calls);
      finished = await seed({ demonstration: false }).then(
        () => true,
        () => false,
      );
      clients.cognitoCalls.disturb(() => undefined);
      const written = await readCredentials(join(dataDir, 'seed-credentials'));
      expect(written).toHaveLength(1);

      const { credentialsPath = '' } = await seed({ demonstration: false });
      const [admin] = await readCredentials(credentialsPath);
      expect(admin).toEqual(written[0]);
      expect(
        (await signIn('ADMIN', admin?.email ?? '', admin?.password ?? '')).AuthenticationResult,
      ).toBeDefined();
      const groups = await clients.cognito.send(
        new AdminListGroupsForUserCommand({ UserPoolId: pools.ADMIN.poolId, Username: admin?.email }),
      );
      expect(groups.Groups?.map(({ GroupName }) => GroupName)).toEqual(['administrator']);
    }
  });

  it('leaves the password of somebody who is there already', async () => {
    await seed({ admin: { email: 'admin@example.com', password: 'First-password-1' }, demonstration: false });
    await seed({
      admin: { email: 'admin@example.com', password: 'Second-password-2' },
      demonstration: false,
      settings: { get: async () => undefined, set: async () => {} },
    });
    expect(
      (await signIn('ADMIN', 'admin@example.com', 'First-password-1')).AuthenticationResult,
    ).toBeDefined();
    await expect(signIn('ADMIN', 'admin@example.com', 'Second-password-2')).rejects.toThrow(
      NotAuthorizedException,
    );
  });
});
