import { VerifiedPermissionsServiceException } from '@aws-sdk/client-verifiedpermissions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { RunningApp, type SignedIn } from '../support/running-app.js';

describe('while the engine of decisions is away', () => {
  let app: RunningApp;
  let admin: SignedIn;
  let away: 'no' | 'failing' | 'denying';

  beforeAll(async () => {
    away = 'no';
    app = await RunningApp.start();
    app.app.embedded!.verifiedPermissions.middlewareStack.add(
      (next) => (args) => {
        if (away === 'no') return next(args);
        const name = away === 'failing' ? 'InternalServerException' : 'AccessDeniedException';
        throw new VerifiedPermissionsServiceException({
          name,
          message: 'secret detail of AWS',
          $fault: 'client',
          $metadata: {},
        });
      },
      { step: 'initialize' },
    );
    admin = await app.signIn('admin@example.com');
  });
  afterEach(() => {
    away = 'no';
  });
  afterAll(() => app.stop());

  it.each(['failing', 'denying'] as const)('guarded fields are closed, and say so: %s', async (state) => {
    away = state;
    const { data, errors, status, text } = await app.ask('{ users { nodes { id } } me { id } }', {
      token: admin.accessToken,
    });
    expect([data, status]).toEqual([{ users: null, me: null }, 200]);
    expect(errors.map(({ extensions }) => [extensions.code, extensions.retry.retryable])).toEqual([
      ['AUTHORIZATION_UNAVAILABLE', true],
      ['AUTHORIZATION_UNAVAILABLE', true],
    ]);
    expect(text).not.toContain('secret detail');
  });

  it('decisions are denials for that reason', async () => {
    away = 'failing';
    const { data } = await app.ask(
      '{ decision(check: { action: "listUsers", resource: { type: "Identity::Application", id: "portcullis" } }) { allowed reason errors } }',
      { token: admin.accessToken },
    );
    expect(data).toEqual({ decision: { allowed: false, reason: 'UNAVAILABLE', errors: null } });
  });

  it('nothing is changed', async () => {
    away = 'failing';
    const { faults } = await app.ask('mutation ($id: ID!) { deleteUser(id: $id) }', {
      token: admin.accessToken,
      variables: { id: admin.user.id },
    });
    expect(faults).toEqual(['AUTHORIZATION_UNAVAILABLE at deleteUser']);
    away = 'no';
    expect((await app.ask('{ me { id } }', { token: admin.accessToken })).data).toEqual({
      me: { id: admin.user.id },
    });
  });
});
