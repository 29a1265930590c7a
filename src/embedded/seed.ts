import { join } from 'node:path';

import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

import type { Randomness } from '../services/randomness.js';
import type { ProvisionedPools } from './provision-pools.js';
import { makePassword, readCredentials, writeCredentials } from './seed-credentials.js';
import { seedPerson } from './seed-person.js';
import type { PersonToSeed, SeededPerson } from './seed-person.js';
import type { Settings } from './settings.js';

export type { SeededPerson } from './seed-person.js';

export interface SeedOptions {
  readonly cognito: CognitoIdentityProviderClient;
  readonly pools: ProvisionedPools;
  /** The passwords that are made here go to `seed-credentials` in this folder. */
  readonly dataDir: string;
  readonly admin: { readonly email: string; readonly password?: string };
  /** Whether to seed people to try things out with, too. */
  readonly demonstration: boolean;
  readonly randomness: Randomness;
  readonly settings: Settings;
}

export interface Seeded {
  /** Everyone who was ever seeded into this database, whether or not they are still there. */
  readonly people: readonly SeededPerson[];
  /** The file of the passwords that were made; undefined where none was, or the file is gone. */
  readonly credentialsPath: string | undefined;
}

const DEMONSTRATION: readonly PersonToSeed[] = [
  {
    email: 'auditor@example.com',
    userType: 'ADMIN',
    roles: ['auditor'],
    givenName: 'Ada',
    familyName: 'Auditor',
  },
  {
    email: 'alice@example.com',
    userType: 'END_USER',
    roles: ['member'],
    givenName: 'Alice',
    familyName: 'Archer',
  },
  {
    email: 'bob@example.com',
    userType: 'END_USER',
    roles: ['member'],
    givenName: 'Bob',
    familyName: 'Baker',
  },
  {
    email: 'carol@example.com',
    userType: 'END_USER',
    roles: ['member'],
    givenName: 'Carol',
    familyName: 'Carter',
  },
];

/**
 * Makes the first people, once in a database's life: who was deleted afterwards does not come back at the next start.
 * Passwords are on the disk before anybody has one, and a run that was cut short is ended with the same passwords.
 */
export async function seedPeople(options: SeedOptions): Promise<Seeded> {
  const administrator: PersonToSeed = {
    ...options.admin,
    userType: 'ADMIN',
    roles: ['administrator'],
    givenName: 'Portcullis',
    familyName: 'Administrator',
  };
  // An administrator of the same address is somebody already.
  const others = DEMONSTRATION.filter(
    ({ email, userType }) => userType !== 'ADMIN' || email !== options.admin.email.toLowerCase(),
  );
  const people = [
    ...(await seedOnce(options, 'seeded-administrator', [administrator])),
    ...(await seedOnce(options, 'seeded-demonstration', options.demonstration ? others : [])),
  ];
  const path = credentialsPath(options);
  return { people, credentialsPath: (await readCredentials(path)).length > 0 ? path : undefined };
}

const credentialsPath = ({ dataDir }: SeedOptions): string => join(dataDir, 'seed-credentials');

/** Seeds a group of people, unless the database remembers that it was done. Answers who was seeded then or now. */
async function seedOnce(
  options: SeedOptions,
  memory: string,
  people: readonly PersonToSeed[],
): Promise<readonly SeededPerson[]> {
  const remembered = await options.settings.get(memory);
  if (remembered !== undefined) return JSON.parse(remembered) as SeededPerson[];
  if (people.length === 0) return [];
  const withPasswords = await keepPasswords(options, people);
  await Promise.all(
    withPasswords.map((person) => seedPerson(options.cognito, options.pools[person.userType].poolId, person)),
  );
  const seeded = people.map(({ email, userType, roles }) => ({ email, userType, roles }));
  await options.settings.set(memory, JSON.stringify(seeded));
  return seeded;
}

/** Gives everybody a password: the operator's, else the one of an earlier run, else a new one; the latter two are kept. */
async function keepPasswords(
  options: SeedOptions,
  people: readonly PersonToSeed[],
): Promise<(PersonToSeed & { readonly password: string })[]> {
  const path = credentialsPath(options);
  const kept = await readCredentials(path);
  const isSame = (one: SeededPerson | (typeof kept)[number], other: (typeof kept)[number]) =>
    one.userType === other.userType && one.email === other.email;
  const withPasswords = people.map((person) => ({
    ...person,
    password:
      person.password ??
      kept.find((credential) => isSame(person, credential))?.password ??
      makePassword(options.randomness),
  }));
  const made = withPasswords.filter((_, index) => people[index]?.password === undefined);
  const untouched = kept.filter((credential) => !people.some((person) => isSame(person, credential)));
  if (made.length > 0 || untouched.length < kept.length) {
    await writeCredentials(path, [...untouched, ...made], options.randomness);
  }
  return withPasswords;
}
