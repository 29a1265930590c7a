import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

import { createCognitoCalls } from '../cognito/cognito-calls.js';
import { createCompleteNewPassword, type CompleteNewPassword } from './complete-new-password.js';
import { createConfirmRegistration, type ConfirmRegistration } from './confirm-registration.js';
import { createAuthenticate, type Authenticate } from './credential.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { createLogin, type Login } from './login.js';
import { createLogout, type Logout } from './logout.js';
import { createOpenSession } from './open-session.js';
import { createProveIdentity, type ProveIdentity } from './prove-identity.js';
import { createRefreshTokens, type RefreshTokens } from './refresh-tokens.js';
import { createRegister, type Register } from './register.js';
import { createResendConfirmation, type ResendConfirmation } from './resend-confirmation.js';

export type { Authenticated, CodeDelivery, NewPasswordRequired, Registration, SignIn } from './sign-in.js';

/** Every way of getting in, staying in and getting out. All failures are PortcullisErrors. */
export interface Authentication {
  readonly register: Register;
  readonly confirmRegistration: ConfirmRegistration;
  readonly resendConfirmation: ResendConfirmation;
  readonly login: Login;
  readonly completeNewPassword: CompleteNewPassword;
  readonly refreshTokens: RefreshTokens;
  readonly logout: Logout;
  readonly proveIdentity: ProveIdentity;
  readonly authenticate: Authenticate;
}

export interface CreateAuthenticationDependencies extends Omit<
  AuthenticationDependencies,
  'cognito' | 'refreshTokenLifetimeMs'
> {
  readonly client: CognitoIdentityProviderClient;
  /** Milliseconds; 7 days when left out. Has to agree with the app clients. */
  readonly refreshTokenLifetimeMs?: number;
}

const DEFAULT_REFRESH_TOKEN_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

export function createAuthentication({
  client,
  refreshTokenLifetimeMs = DEFAULT_REFRESH_TOKEN_LIFETIME_MS,
  ...others
}: CreateAuthenticationDependencies): Authentication {
  const cognito = createCognitoCalls(client, others.logger);
  const dependencies: AuthenticationDependencies = { ...others, cognito, refreshTokenLifetimeMs };
  const openSession = createOpenSession(dependencies);
  return {
    register: createRegister(dependencies),
    confirmRegistration: createConfirmRegistration(dependencies),
    resendConfirmation: createResendConfirmation(dependencies),
    login: createLogin(dependencies, openSession),
    completeNewPassword: createCompleteNewPassword(dependencies, openSession),
    refreshTokens: createRefreshTokens(dependencies),
    logout: createLogout(dependencies),
    proveIdentity: createProveIdentity(dependencies),
    authenticate: createAuthenticate(dependencies),
  };
}
