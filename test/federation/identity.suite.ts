import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { FakeClock } from '../support/fake-clock.js';
import { RunningApp, type SignedIn } from '../support/running-app.js';
import { GATEWAY_SECRET, Supergraph, type StartGateway } from '../support/supergraph.js';

export interface GatewayUnderTest {
  readonly name: string;
  readonly start: StartGateway;
  /** What it answers in place of an object that was refused and cannot be null: nothing at all, or null all the same. */
  readonly withoutNonNull: 'nothing' | 'null';
}

/** How long an access token is good for. */
const FIFTEEN_MINUTES = 900_000;

const OWNERS = '{ documents { title owner { id email } } }';

/** Who asks, and from where, is known behind a gateway as it is without one; what is guarded stays so. */
export function identitySuite({ name, start, withoutNonNull }: GatewayUnderTest): void {
  describe(`behind ${name}`, () => {
    const clock = new FakeClock();
    let app: RunningApp;
    let supergraph: Supergraph;
    let admin: SignedIn;
    let alice: SignedIn;
    let bob: SignedIn;

    beforeAll(async () => {
      app = await RunningApp.start({ GATEWAY_SECRET }, { clock });
      admin = await app.signIn('admin@example.com');
      alice = await app.signIn('alice@example.com');
      bob = await app.signIn('bob@example.com');
      supergraph = await Supergraph.start(app, start, [
        { id: '1', title: 'Hers', ownerId: alice.user.id, reviewerId: bob.user.id },
        { id: '2', title: 'His', ownerId: bob.user.id, reviewerId: alice.user.id },
      ]);
    });
    afterAll(async () => {
      await supergraph.stop();
      await app.stop();
    });
    beforeEach(() => {
      supergraph.portcullis.requests.length = 0;
      supergraph.documents.requests.length = 0;
    });

    describe('the graph', () => {
      it('leads from documents to people', async () => {
        const { data, errors } = await supergraph.ask(OWNERS, { token: admin.accessToken });
        expect(errors).toEqual([]);
        expect(data).toEqual({
          documents: [
            { title: 'Hers', owner: { id: alice.user.id, email: 'alice@example.com' } },
            { title: 'His', owner: { id: bob.user.id, email: 'bob@example.com' } },
          ],
        });
      });

      it('leads from people to documents', async () => {
        const { data, errors } = await supergraph.ask('{ me { email documents { title } } }', {
          token: bob.accessToken,
        });
        expect(errors).toEqual([]);
        expect(data).toEqual({ me: { email: 'bob@example.com', documents: [{ title: 'His' }] } });
      });

      it('leads back again', async () => {
        const { data, errors } = await supergraph.ask(
          '{ document(id: "1") { owner { documents { reviewer { email documents { title } } } } } }',
          { token: admin.accessToken },
        );
        expect(errors).toEqual([]);
        expect(data).toEqual({
          document: {
            owner: { documents: [{ reviewer: { email: 'bob@example.com', documents: [{ title: 'His' }] } }] },
          },
        });
      });
    });

    describe('a guard', () => {
      it('shows people themselves, and says where it shows nobody else', async () => {
        const { data, faults, errors } = await supergraph.ask(OWNERS, { token: alice.accessToken });
        expect(data).toEqual({
          documents: [
            { title: 'Hers', owner: { id: alice.user.id, email: 'alice@example.com' } },
            { title: 'His', owner: { id: bob.user.id, email: null } },
          ],
        });
        expect(faults).toEqual(['FORBIDDEN at documents.1.owner']);
        expect(errors[0]?.extensions).toMatchObject({
          details: { action: 'readUser', resourceType: 'Identity::User' },
          retry: { retryable: false, retryAfter: null },
          requestId: expect.any(String) as string,
        });
      });

      it('leaves null what may be null', async () => {
        const { data, faults } = await supergraph.ask('{ documents { title reviewer { id userType } } }', {
          token: alice.accessToken,
        });
        expect(data).toEqual({
          documents: [
            { title: 'Hers', reviewer: null },
            { title: 'His', reviewer: { id: alice.user.id, userType: 'END_USER' } },
          ],
        });
        expect(faults).toEqual(['FORBIDDEN at documents.0.reviewer']);
      });

      it('takes along what may not be null', async () => {
        const { data, faults } = await supergraph.ask('{ documents { title owner { id userType } } }', {
          token: alice.accessToken,
        });
        const hers = { title: 'Hers', owner: { id: alice.user.id, userType: 'END_USER' } };
        const kept = { documents: [hers, { title: 'His', owner: null }] };
        expect(data).toEqual(withoutNonNull === 'nothing' ? null : kept);
        expect(faults).toEqual(['FORBIDDEN at documents.1.owner']);
      });

      it('on a root field is heard at that field', async () => {
        const { data, faults } = await supergraph.ask('{ users { nodes { id } } documents { title } }', {
          token: alice.accessToken,
        });
        expect(data).toEqual({ users: null, documents: [{ title: 'Hers' }, { title: 'His' }] });
        expect(faults).toEqual(['FORBIDDEN at users']);
      });
    });

    describe('a token', () => {
      const nobody = { documents: [{ owner: { email: null } }, { owner: { email: null } }] };
      const unauthenticated = ['documents.0.owner', 'documents.1.owner'].map(
        (path) => `UNAUTHENTICATED at ${path}`,
      );
      const askFor = (token?: string) => supergraph.ask(OWNERS, { token });

      it('is passed on, and judged by Portcullis itself', async () => {
        await askFor(alice.accessToken);
        expect(supergraph.portcullis.requests.map(({ headers }) => headers.authorization)).toEqual([
          `Bearer ${alice.accessToken}`,
        ]);
      });

      it('is not mixed up with that of somebody who asks the same at the same time', async () => {
        const everybody = Array.from({ length: 10 }, () => [admin, alice, bob]).flat();
        const answers = await Promise.all(
          everybody.map(({ accessToken }) => supergraph.ask('{ me { id } }', { token: accessToken })),
        );
        expect(answers.map(({ data }) => data)).toEqual(
          everybody.map(({ user }) => ({ me: { id: user.id } })),
        );
      });

      it('that is missing is noticed where it is needed', async () => {
        const { data, faults } = await askFor();
        expect(data).toMatchObject({ documents: [{ title: 'Hers' }, { title: 'His' }] });
        expect(data).toMatchObject(nobody);
        expect(faults).toEqual(unauthenticated);
      });

      it.each<[string, (token: string) => string]>([
        ['forged', (token) => forge(token)],
        ['without a signature', (token) => `${token.slice(0, token.lastIndexOf('.'))}.`],
        ['of no meaning', () => 'x.y.z'],
      ])('that is %s is refused', async (_kind, spoil) => {
        const { data, faults } = await askFor(spoil(admin.accessToken));
        expect(data).toMatchObject(nobody);
        expect(faults).toEqual(unauthenticated);
      });

      it('is refused once it has expired', async () => {
        clock.advance(-FIFTEEN_MINUTES);
        const { accessToken } = await app.signIn('admin@example.com');
        clock.advance(FIFTEEN_MINUTES);
        const { data, faults } = await askFor(accessToken);
        expect(data).toMatchObject(nobody);
        expect(faults).toEqual(unauthenticated);
      });

      it('is refused once its session has ended', async () => {
        const { accessToken, session } = await app.signIn('alice@example.com');
        const revoked = await supergraph.ask('mutation ($id: ID!) { revokeSession(id: $id) { endReason } }', {
          token: admin.accessToken,
          variables: { id: session.id },
        });
        expect(revoked.data).toEqual({ revokeSession: { endReason: 'REVOKED' } });
        const { data, faults } = await askFor(accessToken);
        expect(data).toMatchObject(nobody);
        expect(faults).toEqual(unauthenticated);
        expect((await supergraph.ask('{ me { id } }', { token: accessToken })).faults).toEqual([
          'UNAUTHENTICATED at me',
        ]);
      });
    });

    describe('a mutation', () => {
      const LOGIN = `mutation ($input: LoginInput!) {
        login(input: $input) {
          ... on Authenticated {
            accessToken session { ipAddress userAgent } user { email documents { title } }
          }
        }
      }`;
      interface Login {
        readonly login: { readonly accessToken: string };
      }
      const inputOf = (email: string) => ({ email, password: app.passwordOf(email) });

      it('signs in, and sees below itself what the other subgraph knows', async () => {
        const { data, errors } = await supergraph.ask<Login>(LOGIN, {
          variables: { input: inputOf('alice@example.com') },
        });
        expect(errors).toEqual([]);
        expect(data.login).toMatchObject({
          user: { email: 'alice@example.com', documents: [{ title: 'Hers' }] },
        });
        const { data: me } = await supergraph.ask('{ me { id } }', { token: data.login.accessToken });
        expect(me).toEqual({ me: { id: alice.user.id } });
      });

      // Other systems have no second address without being told to.
      it.skipIf(process.platform === 'darwin')(
        'opens a session of the client, not of the gateway nor of what the client claims',
        async () => {
          const { data } = await supergraph.ask(LOGIN, {
            from: '127.0.0.2',
            headers: { 'user-agent': 'the-client/1.0', 'x-forwarded-for': '203.0.113.7' },
            variables: { input: inputOf('alice@example.com') },
          });
          expect(data).toMatchObject({
            login: { session: { ipAddress: '127.0.0.2', userAgent: 'the-client/1.0' } },
          });
        },
      );

      it('changes what is read next', async () => {
        const token = bob.accessToken;
        const { data, errors } = await supergraph.ask(
          'mutation { updateMe(input: { familyName: "Brewer" }) { name documents { title } } }',
          { token },
        );
        expect(errors).toEqual([]);
        expect(data).toEqual({ updateMe: { name: 'Bob Brewer', documents: [{ title: 'His' }] } });
        const { data: read } = await supergraph.ask('{ document(id: "2") { owner { name } } }', { token });
        expect(read).toEqual({ document: { owner: { name: 'Bob Brewer' } } });
      });

      it.each([
        ['INVALID_CREDENTIALS', { email: 'alice@example.com', password: 'wrong' }],
        ['BAD_USER_INPUT', { email: 'alice@example.com', password: 'x'.repeat(10_000) }],
        // Portcullis answers this one with HTTP 400.
        ['BAD_USER_INPUT', { email: 'not an address', password: 'x' }],
      ])('that fails says why: %s', async (code, input) => {
        const { errors, text } = await supergraph.ask(LOGIN, { variables: { input } });
        expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
        expect(errors[0]?.extensions.requestId).toEqual(expect.any(String));
        expect(text).not.toContain(supergraph.portcullis.url);
      });
    });

    describe('the secret of the gateway', () => {
      it('goes to Portcullis, and to nobody else', async () => {
        const token = admin.accessToken;
        await supergraph.ask('{ documents { owner { email documents { title } } } }', { token });
        await supergraph.ask('{ me { email documents { title } } }', { token });
        const secrets = (requests: Supergraph['portcullis']['requests']) =>
          new Set(requests.map(({ headers }) => headers['x-gateway-secret']));
        expect(secrets(supergraph.portcullis.requests)).toEqual(new Set([GATEWAY_SECRET]));
        expect(secrets(supergraph.documents.requests)).toEqual(new Set([undefined]));
        expect(JSON.stringify(supergraph.documents.requests)).not.toContain(GATEWAY_SECRET);
      });

      it('is nothing that a client could send', async () => {
        const { errors } = await supergraph.ask(OWNERS, {
          token: admin.accessToken,
          headers: { 'x-gateway-secret': 'of-the-client-and-long-enough-for-it' },
        });
        expect(errors).toEqual([]);
        const all = [...supergraph.portcullis.requests, ...supergraph.documents.requests];
        expect(all.length).toBeGreaterThan(1);
        expect(JSON.stringify(all)).not.toContain('of-the-client');
      });

      it('is nothing that a client could send in the body either', async () => {
        const extensions = {
          headers: { 'x-gateway-secret': 'of-the-client', 'x-forwarded-for': '203.0.113.7' },
        };
        await supergraph.ask('{ me { email documents { title } } }', {
          token: admin.accessToken,
          extensions,
        });
        const all = [...supergraph.portcullis.requests, ...supergraph.documents.requests];
        expect(all.map(({ headers }) => headers['x-forwarded-for'])).toEqual(['127.0.0.1', '127.0.0.1']);
        expect(all.map(({ headers }) => headers['x-gateway-secret'])).toEqual([GATEWAY_SECRET, undefined]);
      });

      it('is what entities are given for, of each type', async () => {
        const ask = (headers: Record<string, string>) =>
          app.ask(
            `query ($r: [_Any!]!) {
              _entities(representations: $r) { ... on User { email } ... on Session { endedAt } }
            }`,
            {
              token: alice.accessToken,
              headers,
              variables: {
                r: [
                  { __typename: 'User', id: alice.user.id },
                  { __typename: 'Session', id: alice.session.id },
                ],
              },
            },
          );
        expect((await ask({ 'x-gateway-secret': GATEWAY_SECRET })).data).toEqual({
          _entities: [{ email: 'alice@example.com' }, { endedAt: null }],
        });
        const direct = await ask({});
        expect([direct.status, direct.faults]).toEqual([403, ['FORBIDDEN']]);
        expect(direct.text).not.toContain('alice@example.com');
      });
    });

    it('passes on the id of a request, which every error bears', async () => {
      const { errors } = await supergraph.ask('{ users { nodes { id } } }', {
        headers: { 'x-request-id': 'of-the-client-1' },
      });
      expect(errors.map(({ extensions }) => extensions.requestId)).toEqual(['of-the-client-1']);
    });

    it('makes an id for a request that has none, one for all subgraphs', async () => {
      const sent = async () => {
        const first = supergraph.portcullis.requests.length;
        await supergraph.ask('{ me { email documents { title } } }', { token: alice.accessToken });
        const { portcullis, documents } = supergraph;
        return [portcullis, documents].map(({ requests }) => requests[first]?.headers['x-request-id']);
      };
      const [one, other] = [await sent(), await sent()];
      expect(one).toEqual([expect.stringMatching(/^[\w-]{20,}$/), one[0]]);
      expect(other).toEqual([expect.stringMatching(/^[\w-]{20,}$/), other[0]]);
      expect(other[0]).not.toBe(one[0]);
    });
  });
}

/** Another payload under the same signature. */
function forge(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const forged = Buffer.from(JSON.stringify({ ...claims, jti: 'another' })).toString('base64url');
  return [header, forged, signature].join('.');
}
