import { SignInDocument } from '../operations/generated.js';
import type { RunningApp } from './running-app.js';

export const GATEWAY_SECRET = 'a-gateway-secret-of-the-tests-000';
/** An empty variable is an unset one: the service's own limits. */
export const DEFAULTS = { RATE_LIMITS: '' };

let strangers = 0;

/** A sign-in with a wrong password, by default of somebody whom nobody else has tried. */
export const tryLogin = (
  app: RunningApp,
  {
    email = `stranger-${++strangers}@example.com`,
    headers = {},
  }: { email?: string; headers?: Record<string, string> } = {},
) =>
  app.ask(SignInDocument, {
    headers,
    variables: { input: { email, password: 'Wrong-password-1', userType: 'END_USER' } },
  });

/** An address as a gateway forwards it. */
export const from = (address: string) => ({
  'x-gateway-secret': GATEWAY_SECRET,
  'x-forwarded-for': address,
});
