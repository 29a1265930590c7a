import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AdminCreateUserCommand, AdminDisableUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { RunningApp, type GraphqlAnswer, type SignedIn } from '../support/running-app.js';

/** An auditor who may list everybody, and read nobody but themselves and who is disabled. */
const POLICY = `
@id("auditors-read-the-disabled")
@description("Auditors list people, and read who is disabled.")
permit (
  principal is Identity::User in Identity::Role::"auditor",
  action in [Identity::Action::"listUsers", Identity::Action::"readUser"],
  resource
)
when { !(resource is Identity::User) || !resource.enabled };
`;

interface Page {
  readonly users: {
    readonly nodes: { readonly id: string }[];
    readonly edges: { readonly node: { readonly id: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  } | null;
}

const PAGE = `query ($first: Int, $after: String) {
  users(first: $first, after: $after, filter: { userType: END_USER }) {
    nodes { id } edges { node { id } } pageInfo { hasNextPage endCursor }
  }
}`;

const PEOPLE = 130;
/** Who of them is disabled, far from one another. */
const DISABLED = [5, 6, 70, 128];

interface Request {
  readonly action: { readonly actionId: string };
  readonly resource: { readonly entityId: string };
}

describe('a list for a viewer who may read few', () => {
  let folder: string;
  let app: RunningApp;
  let auditor: SignedIn;
  let admin: SignedIn;
  const disabled = new Set<string>();
  /** The people whom each call of the engine was asked about. */
  let asked: string[][] = [];
  let reads = 0;
  let isDown = false;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-sparse-'));
    await cp('policies', folder, { recursive: true });
    await writeFile(join(folder, 'auditors.cedar'), POLICY);
    app = await RunningApp.start({ POLICIES_DIR: folder });
    const { cognito, pools, verifiedPermissions } = app.app.embedded!;
    const UserPoolId = pools.END_USER.poolId;
    for (let index = 0; index < PEOPLE; index += 1) {
      const Username = `person-${index}@example.com`;
      const { User } = await cognito.send(
        new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS' }),
      );
      if (!DISABLED.includes(index)) continue;
      await cognito.send(new AdminDisableUserCommand({ UserPoolId, Username }));
      disabled.add(User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '');
    }
    auditor = await app.signIn('auditor@example.com');
    admin = await app.signIn('admin@example.com');
    cognito.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === 'ListUsersCommand') reads += 1;
          return next(args);
        },
      { step: 'initialize' },
    );
    verifiedPermissions.middlewareStack.add(
      (next) => (args) => {
        const { action, resource, requests } = args.input as Partial<Request> & { requests?: Request[] };
        const single = action && resource ? [{ action, resource }] : [];
        const people = (requests ?? single).filter((request) => request.action.actionId === 'readUser');
        if (isDown && people.length > 0) throw new Error('down');
        asked.push(people.map(({ resource }) => resource.entityId));
        return next(args);
      },
      { step: 'initialize' },
    );
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    isDown = false;
    // Nothing is known of what was asked before.
    await app.app.services.decisionCache.forgetAll();
    asked = [];
    reads = 0;
  });

  const page = (
    who: SignedIn,
    variables: { first: number; after?: string | null },
  ): Promise<GraphqlAnswer<Page>> => app.ask<Page>(PAGE, { token: who.accessToken, variables });
  const idsOf = ({ data }: GraphqlAnswer<Page>) => data.users?.nodes.map(({ id }) => id) ?? [];

  it('fills its pages, and asks about each person once', async () => {
    const answer = await page(auditor, { first: 3 });
    expect(answer.errors).toEqual([]);
    expect(idsOf(answer)).toHaveLength(3);
    expect(idsOf(answer).every((id) => disabled.has(id))).toBe(true);
    expect(answer.data.users?.edges.map(({ node }) => node.id)).toEqual(idsOf(answer));
    expect(answer.data.users?.pageInfo.hasNextPage).toBe(true);
    const people = asked.flat();
    expect(new Set(people).size).toBe(people.length);
    const { extensions } = answer;
    expect((extensions?.authorization as { filtered: number }).filtered).toBeGreaterThan(0);
  });

  it('shows everybody whom they may read once, and ends with the last of them', async () => {
    const found: string[] = [];
    let filtered = 0;
    let after: string | null = null;
    for (;;) {
      const answer: GraphqlAnswer<Page> = await page(auditor, { first: 2, after });
      found.push(...idsOf(answer));
      filtered += (answer.extensions?.authorization as { filtered: number } | undefined)?.filtered ?? 0;
      const { hasNextPage, endCursor } = answer.data.users!.pageInfo;
      if (!hasNextPage) break;
      expect(idsOf(answer)).toHaveLength(2);
      after = endCursor;
    }
    expect(found).toHaveLength(DISABLED.length);
    expect(new Set(found)).toEqual(disabled);
    expect(filtered).toBe(new Set(asked.flat()).size - DISABLED.length);
  });

  it('fails whole where it cannot be decided whom to show', async () => {
    isDown = true;
    const { data, faults } = await page(auditor, { first: 3 });
    expect([data, faults]).toEqual([{ users: null }, ['AUTHORIZATION_UNAVAILABLE at users']]);
  });

  it('costs who may read everybody no more pages of Cognito than they see', async () => {
    const answer = await page(admin, { first: 20 });
    expect(idsOf(answer)).toHaveLength(20);
    expect([reads, asked.flat().length]).toEqual([1, 21]);
  });
});
