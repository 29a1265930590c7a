import { roleUid, serviceUid, sessionUid, userUid } from '../../src/services/authorization/names.js';
import type { AskerFacts } from '../../src/services/authorization/service-context.js';
import type { CedarEntity, EntityUid } from '../../src/services/cedar/values.js';
import type { RunningApp } from '../../test/support/running-app.js';
import { SERVICE, type Served } from './served.js';

/** Somebody who asks. */
export interface Asker {
  readonly name: string;
  readonly token: string;
  readonly uid: EntityUid;
  readonly facts: AskerFacts;
  readonly isService: boolean;
}

/** Those who ask, and what is known of how they got in. */
export interface SignedInPeople {
  readonly askers: readonly Asker[];
  /** Their sessions. */
  readonly sessions: readonly CedarEntity[];
}

const ADMIN = 'admin@example.com';
const PEOPLE = [ADMIN, 'auditor@example.com', 'alice@example.com'];

interface Person {
  readonly id: string;
  readonly userType: string;
  readonly status: string;
  readonly enabled: boolean;
  readonly roles: readonly string[];
}

/** Everybody there is, as an administrator sees them, and their roles. */
export async function readPeople(app: RunningApp): Promise<CedarEntity[]> {
  const { accessToken: token } = await app.signIn(ADMIN);
  const { data } = await app.ask<{ users: { nodes: readonly Person[] } }>(
    '{ users(first: 50) { nodes { id userType status enabled roles } } }',
    { token },
  );
  const people = data.users.nodes;
  return [
    ...people.map(({ id, userType, status, enabled, roles }) => ({
      uid: userUid(id),
      attrs: { userType, status, enabled },
      parents: roles.map(roleUid),
    })),
    ...[...new Set(people.flatMap(({ roles }) => roles))].map((role) => ({
      uid: roleUid(role),
      attrs: {},
      parents: [],
    })),
  ];
}

export async function signInAll(served: Served): Promise<SignedInPeople> {
  const people = await Promise.all(
    PEOPLE.map(async (name) => ({ name, ...(await served.app.signIn(name)) })),
  );
  return {
    askers: [
      ...people.map(({ name, accessToken: token, user }) => ({
        ...{ name, token, uid: userUid(user.id), isService: false },
        facts: { mfaAuthenticated: false },
      })),
      {
        ...{ name: SERVICE, token: await serviceToken(served), uid: serviceUid(SERVICE), isService: true },
        facts: { scopes: ['portcullis/decide'] },
      },
    ],
    sessions: people.map(({ session, user }) => ({
      uid: sessionUid(session.id),
      attrs: { user: { __entity: { ...userUid(user.id) } } },
      parents: [],
    })),
  };
}

async function serviceToken({ app, service: { clientId, secret } }: Served): Promise<string> {
  const response = await fetch(`${app.url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}
