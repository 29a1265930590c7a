import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

import { createCognitoCalls } from '../cognito/cognito-calls.js';
import {
  createRefreshTokenLifetimeOf,
  DEFAULT_LIFETIMES,
  type TokenLifetimes,
} from '../cognito/token-lifetimes.js';
import { createChangeEmail, type ChangeEmail } from './change-email.js';
import { createChangePassword, type ChangePassword } from './change-password.js';
import { createCompleteNewPassword, type CompleteNewPassword } from './complete-new-password.js';
import { createContinueSignIn } from './continue-sign-in.js';
import { createConfirmRegistration, type ConfirmRegistration } from './confirm-registration.js';
import { createAuthenticate, type Authenticate } from './credential.js';
import { createDeleteMe, type DeleteMe } from './delete-me.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { createForgotPassword, type ForgotPassword } from './forgot-password.js';
import { createLogin, type Login } from './login.js';
import { createLogout, type Logout } from './logout.js';
import { createConfirmTotp, type ConfirmTotp } from './mfa/confirm-totp.js';
import { createOwnMfa, type OwnMfa } from './mfa/mfa-settings.js';
import { createRespondToMfa, type RespondToMfa } from './mfa/respond-to-mfa.js';
import { createSelectMfaMethod, type SelectMfaMethod } from './mfa/select-mfa-method.js';
import { createSetupTotp, type SetupTotp } from './mfa/setup-totp.js';
import { createOpenSession } from './open-session.js';
import { createProveIdentity, type ProveIdentity } from './prove-identity.js';
import { createRefreshTokens, type RefreshTokens } from './refresh-tokens.js';
import { createRegister, type Register } from './register.js';
import {
  createRequestContactVerification,
  type RequestContactVerification,
} from './request-contact-verification.js';
import { createResendConfirmation, type ResendConfirmation } from './resend-confirmation.js';
import { createResetPassword, type ResetPassword } from './reset-password.js';
import { createAuthenticateSubject, type AuthenticateSubject } from './subject-token.js';
import { createVerifyContact, type VerifyContact } from './verify-contact.js';

export type { TotpSetup } from './mfa/totp-setup.js';
export type { Authenticated, CodeDelivery, Registration, SignIn } from './sign-in.js';

/** Every way of getting in, staying in and getting out. All failures are PortcullisErrors. */
export interface Authentication {
  readonly register: Register;
  readonly confirmRegistration: ConfirmRegistration;
  readonly resendConfirmation: ResendConfirmation;
  readonly login: Login;
  readonly completeNewPassword: CompleteNewPassword;
  readonly selectMfaMethod: SelectMfaMethod;
  readonly respondToMfa: RespondToMfa;
  readonly setupTotp: SetupTotp;
  readonly confirmTotp: ConfirmTotp;
  readonly ownMfa: OwnMfa;
  readonly refreshTokens: RefreshTokens;
  readonly logout: Logout;
  readonly forgotPassword: ForgotPassword;
  readonly resetPassword: ResetPassword;
  readonly changePassword: ChangePassword;
  readonly changeEmail: ChangeEmail;
  readonly requestContactVerification: RequestContactVerification;
  readonly verifyContact: VerifyContact;
  readonly deleteMe: DeleteMe;
  readonly proveIdentity: ProveIdentity;
  readonly authenticate: Authenticate;
  readonly authenticateSubject: AuthenticateSubject;
}

export interface CreateAuthenticationDependencies extends Omit<
  AuthenticationDependencies,
  'cognito' | 'refreshTokenLifetimeOf'
> {
  readonly client: CognitoIdentityProviderClient;
  /** What the app clients are taken to give where they cannot be asked; 15 minutes and 7 days when left out. */
  readonly lifetimes?: TokenLifetimes;
}

export function createAuthentication({
  client,
  lifetimes: configured = DEFAULT_LIFETIMES,
  ...others
}: CreateAuthenticationDependencies): Authentication {
  const cognito = createCognitoCalls(client, others.logger);
  const refreshTokenLifetimeOf = createRefreshTokenLifetimeOf({ ...others, client, configured });
  const dependencies: AuthenticationDependencies = { ...others, cognito, refreshTokenLifetimeOf };
  const continueSignIn = createContinueSignIn(dependencies, createOpenSession(dependencies));
  const proveIdentity = createProveIdentity(dependencies);
  const authenticate = createAuthenticate(dependencies);
  return {
    register: createRegister(dependencies),
    confirmRegistration: createConfirmRegistration(dependencies),
    resendConfirmation: createResendConfirmation(dependencies),
    login: createLogin(dependencies, continueSignIn),
    completeNewPassword: createCompleteNewPassword(dependencies, continueSignIn),
    selectMfaMethod: createSelectMfaMethod(dependencies, continueSignIn),
    respondToMfa: createRespondToMfa(dependencies, continueSignIn),
    setupTotp: createSetupTotp(dependencies, proveIdentity),
    confirmTotp: createConfirmTotp(dependencies, continueSignIn),
    ownMfa: createOwnMfa(dependencies, proveIdentity),
    refreshTokens: createRefreshTokens(dependencies),
    logout: createLogout(dependencies),
    forgotPassword: createForgotPassword(dependencies),
    resetPassword: createResetPassword(dependencies),
    changePassword: createChangePassword(dependencies, proveIdentity),
    changeEmail: createChangeEmail(dependencies, proveIdentity),
    requestContactVerification: createRequestContactVerification(dependencies),
    verifyContact: createVerifyContact(dependencies),
    deleteMe: createDeleteMe(dependencies, proveIdentity),
    proveIdentity,
    authenticate,
    authenticateSubject: createAuthenticateSubject(authenticate),
  };
}
