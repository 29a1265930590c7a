import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freePort } from '../support/programs.js';
import { RunningApp } from '../support/running-app.js';

describe('in production', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({
      PORTCULLIS_ENV: 'production',
      // The administrator signs in by the password alone here.
      ADMIN_MFA: 'optional',
      // Nobody is mailed anything here.
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
    });
  });
  afterAll(() => app.stop());

  it.each(['/', '/dev/mailbox'])('%s does not exist', async (path) => {
    const response = await fetch(`${app.url}${path}`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(404);
  });

  it('the schema is not told, nor how to have it told', async () => {
    const { errors } = await app.ask('{ __schema { types { name } } }');
    expect(errors.map(({ message, extensions }) => [message, extensions.code])).toEqual([
      ['Introspection is off.', 'GRAPHQL_VALIDATION_FAILED'],
    ]);
  });

  it('no name is suggested for one that is wrong', async () => {
    const { errors } = await app.ask('{ userz { nodes { id } } }');
    expect(errors[0]?.message).not.toContain('Did you mean');
  });

  it('nor what an enum has', async () => {
    const { errors } = await app.ask('mutation ($i: LoginInput!) { login(input: $i) { __typename } }', {
      variables: { i: { email: 'a@example.com', password: 'x', userType: 'admin' } },
    });
    expect(errors[0]?.message).toMatch(/"UserType" has no such value\.$/);
    expect(errors[0]?.extensions.details).toEqual({ argument: 'userType' });
  });

  it('only the administrator is seeded', async () => {
    const { accessToken } = await app.signIn('admin@example.com');
    const { data } = await app.ask('{ users { nodes { email } } }', { token: accessToken });
    expect(data).toEqual({ users: { nodes: [{ email: 'admin@example.com' }] } });
  });
});
