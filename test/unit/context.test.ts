import { describe, expect, it } from 'vitest';

import { RequestContext } from '../../src/context.js';
import type { Path } from '../../src/directives/guard-context.js';
import { unauthenticated } from '../../src/errors.js';
import type { Credential, Viewer } from '../../src/services/authentication/viewer.js';
import type { Services } from '../../src/services/index.js';
import type { ServiceCaller } from '../../src/services/service-callers/service-caller.js';

const service: ServiceCaller = { id: 'orders', scopes: ['portcullis/decide'], expiresAt: new Date(0) };
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
    const context = contextOf({ kind: 'viewer', viewer });
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
  context.admit(object, at('login'));
  expect(context.isAdmitted(object, at('login'))).toBe(true);
  expect(context.isAdmitted(object, at('other'))).toBe(false);
});
