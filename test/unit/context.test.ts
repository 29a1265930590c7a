import { describe, expect, it } from 'vitest';

import { RequestContext } from '../../src/context.js';
import type { Path } from '../../src/directives/guard-context.js';
import { unauthenticated } from '../../src/errors.js';
import type { Credential, Viewer } from '../../src/services/authentication/viewer.js';
import type { Services } from '../../src/services/index.js';
import type { ServiceCaller } from '../../src/services/service-callers/service-caller.js';
import type { UserRecord } from '../../src/services/users/user-store.js';
import { createMetrics } from '../../src/services/telemetry/metrics.js';

const service: ServiceCaller = { id: 'orders', scopes: ['portcullis/decide'], expiresAt: new Date(0) };
const read = { person: { id: 'orders' } as UserRecord, roles: () => [], rolesToCome: Promise.resolve([]) };
const viewer = { userId: 'orders', session: { id: 's', mfaAuthenticated: true } } as Viewer;

const at = (key: string): Path => ({ prev: undefined, key, typename: 'Query' });
const contextOf = (credential: Credential) =>
  new RequestContext({} as Services, 'request', { ipAddress: '192.0.2.1', userAgent: null }, credential);

describe('who asks', () => {
  it('is a service that is no person: what only people do is FORBIDDEN to it, not UNAUTHENTICATED', () => {
    const context = contextOf({ kind: 'service', service });
    expect(context.asker(at('me'))).toBe(service);
    expect(context.service(at('me'))).toBe(service);
    expect(context.viewer(at('me'))).toBeNull();
    expect(() => context.requireViewer(at('updateMe'))).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }) as Error,
    );
  });

  it('is a person who is no service', () => {
    const context = contextOf({ kind: 'viewer', viewer, read });
    expect(context.asker(at('me'))).toBe(viewer);
    expect(context.viewer(at('me'))).toBe(viewer);
    expect(context.service(at('me'))).toBeNull();
  });

  it('is nobody', () => {
    const context = contextOf({ kind: 'anonymous' });
    expect([context.asker(at('me')), context.viewer(at('me')), context.service(at('me'))]).toEqual([
      null,
      null,
      null,
    ]);
    expect(() => context.requireAsker(at('users'))).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error,
    );
  });

  it('is told by nothing where the credential was no good', () => {
    const context = contextOf({ kind: 'rejected', error: unauthenticated() });
    for (const find of ['asker', 'viewer', 'service'] as const) {
      expect(() => context[find](at('me'))).toThrow(
        expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error,
      );
    }
  });

  it('is whoever just signed in below a sign-in, even where a service made the request', () => {
    const context = contextOf({ kind: 'service', service });
    context.signIn(at('login'), viewer);
    expect(context.asker(at('login'))).toBe(viewer);
    expect(context.service(at('login'))).toBeNull();
    expect(context.asker(at('other'))).toBe(service);
  });
});

it('what a person was shown is not thereby a service’s of the same id', () => {
  const object = {};
  const context = contextOf({ kind: 'service', service });
  context.signIn(at('login'), viewer);
  context.admit(object, 'User', at('login'));
  expect(context.isAdmitted(object, 'User', at('login'))).toBe(true);
  expect(context.isAdmitted(object, 'User', at('other'))).toBe(false);
});

it('what was shown as one type is not thereby readable as another, and stays readable as the first', () => {
  const object = {};
  const context = contextOf({ kind: 'viewer', viewer, read });
  context.admit(object, 'Summary', at('me'));
  expect(context.isAdmitted(object, 'User', at('me'))).toBe(false);
  context.admit(object, 'User', at('me'));
  expect(context.isAdmitted(object, 'User', at('me'))).toBe(true);
  expect(context.isAdmitted(object, 'Summary', at('me'))).toBe(true);
});

it('what a guard on trial denies is counted each time, and logged once for each field and reason', async () => {
  const logged: object[] = [];
  const metrics = createMetrics();
  const services = { metrics, logger: { info: (line: object) => logged.push(line) } };
  const context = new RequestContext(
    services as unknown as Services,
    'request',
    { ipAddress: '192.0.2.1', userAgent: null },
    { kind: 'anonymous' },
  );
  const denial = { field: 'Query.x', action: 'see', resourceType: 'Identity::User' } as const;
  for (const reason of ['NOT_PERMITTED', 'UNAVAILABLE', 'NOT_PERMITTED'] as const) {
    context.noteDryRun({ ...denial, reason });
  }
  expect(logged).toEqual(
    ['NOT_PERMITTED', 'UNAVAILABLE'].map((reason) => ({ requestId: 'request', ...denial, reason })),
  );
  expect((await metrics.print()).body).toContain(
    'portcullis_dry_run_denials_total{field="Query.x",action="see",reason="NOT_PERMITTED"} 2',
  );
});

it('the first refusal of an operation stays, whatever is forgotten', () => {
  const context = contextOf({ kind: 'anonymous' });
  const [first, second] = ['a', 'b'].map((key) => ({ error: unauthenticated(), path: at(key) }));
  context.refuse(first!);
  context.refuse(second!);
  context.forget();
  expect(context.refusal).toBe(first);
});

describe('who was read to judge the credential', () => {
  const setUp = () => {
    const reads: string[] = [];
    const users = {
      async findMany(ids: readonly string[]) {
        reads.push(...ids);
        return ids.map((id) => ({ id }));
      },
    };
    const context = new RequestContext(
      { users } as unknown as Services,
      'request',
      { ipAddress: '192.0.2.1', userAgent: null },
      { kind: 'viewer', viewer, read },
    );
    return { context, reads };
  };

  it('is not read again, nor is who was read in a list', async () => {
    const { context, reads } = setUp();
    context.learn([{ id: 'ada' } as UserRecord]);
    const load = (id: string) => context.loaders.users.load(id);
    expect(await Promise.all([load('orders'), load('ada'), load('bob')])).toEqual([
      read.person,
      { id: 'ada' },
      { id: 'bob' },
    ]);
    expect(reads).toEqual(['bob']);
  });

  it('is read anew once a change is made', async () => {
    const { context, reads } = setUp();
    context.learn([{ id: 'ada' } as UserRecord]);
    context.forget();
    await Promise.all(['orders', 'ada'].map((id) => context.loaders.users.load(id)));
    expect(reads).toEqual(['orders', 'ada']);
  });
});
