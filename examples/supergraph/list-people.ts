import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  ListPeopleDocument,
  SignInDocument,
  SignOutDocument,
  type LoginInput,
  type TypedDocumentString,
  type UserType,
} from './operations/generated.js';

/** Somebody of whom Portcullis knows. */
export interface Person {
  readonly id: string;
  readonly email: string | null;
}

/**
 * Asks a Portcullis that was just started who there is, as the administrator whom it has made.
 *
 * @param dataDir where it has written that administrator's password
 * @throws Error with what it answers when it refuses
 */
export async function listPeople(url: string, dataDir: string): Promise<readonly Person[]> {
  const { login } = await ask(url, SignInDocument, { input: await readAdministrator(dataDir) });
  if (login.__typename !== 'Authenticated') throw new Error('The administrator cannot sign in.');
  const { users } = await ask(url, ListPeopleDocument, {}, login.accessToken);
  await ask(url, SignOutDocument, {}, login.accessToken);
  return users?.nodes ?? [];
}

/** The first administrator of `seed-credentials`, whose lines are an address, a password and a kind of person. */
async function readAdministrator(dataDir: string): Promise<LoginInput> {
  const lines = (await readFile(join(dataDir, 'seed-credentials'), 'utf8')).split('\n');
  const [email = '', password = '', userType] =
    lines.find((line) => line.endsWith(' ADMIN'))?.split(' ') ?? [];
  return { email, password, userType: userType as UserType };
}

async function ask<Data, Variables>(
  url: string,
  query: TypedDocumentString<Data, Variables>,
  variables: Variables,
  accessToken?: string,
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: { message: string }[] };
  if (errors) throw new Error(`Portcullis refuses: ${errors.map(({ message }) => message).join(' ')}`);
  return data;
}
