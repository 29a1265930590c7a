import {
  AdminSetUserMFAPreferenceCommand,
  AdminUpdateUserAttributesCommand,
  SetUserPoolMfaConfigCommand,
  type UserPoolMfaType,
} from '@aws-sdk/client-cognito-identity-provider';

import type { Authenticated, SignIn } from '../../src/services/authentication/authentication.js';
import type { UserType } from '../../src/services/users/user-store.js';
import { Authenticator } from './authenticator.js';
import { PASSWORD } from './embedded-cognito.js';
import { SMS_CONFIGURATION } from './embedded-mfa.js';
import { ADDRESS, type IdentityServices } from './identity-services.js';

/** What a proof of identity needs of somebody without a second factor. */
export const PROOF = { password: PASSWORD, code: null };

export function authenticated(signIn: SignIn): Authenticated {
  if (signIn.kind !== 'authenticated') throw new Error(`Not signed in, but ${signIn.kind}.`);
  return signIn;
}

export const signIn = (
  { authentication }: IdentityServices,
  email: string,
  userType: UserType = 'END_USER',
): Promise<SignIn> => authentication.login({ email, password: PASSWORD, userType }, ADDRESS);

/** Has a pool ask for second factors: for all kinds, as far as people have them, or of everybody for an authenticator. */
export async function askForFactors(
  { cognito, pools }: IdentityServices,
  userType: UserType,
  mode: Extract<UserPoolMfaType, 'ON' | 'OPTIONAL'>,
): Promise<void> {
  await cognito.sdk.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId: pools[userType].poolId,
      MfaConfiguration: mode,
      SoftwareTokenMfaConfiguration: { Enabled: true },
      ...(mode === 'OPTIONAL' && { SmsMfaConfiguration: { SmsConfiguration: SMS_CONFIGURATION } }),
      ...(mode === 'OPTIONAL' && { EmailMfaConfiguration: {} }),
    }),
  );
}

/** Somebody signed in who holds an authenticator that their sign-ins ask for. */
export async function personWithAuthenticator(services: IdentityServices) {
  const { authentication, cognito } = services;
  const { id, email } = await services.person();
  const { viewer } = authenticated(await signIn(services, email));
  const setup = await authentication.setupTotp.forViewer(viewer, PROOF, ADDRESS);
  const authenticator = new Authenticator(setup.secret);
  const confirmation = { code: authenticator.codeAt(cognito.clock.now()), deviceName: 'Telephone' };
  await authentication.confirmTotp.forViewer(viewer, confirmation, ADDRESS);
  return { id, email, viewer, setup, authenticator };
}

let telephones = 0;

/** Somebody signed in whose sign-ins send a code to their telephone, with those other factors besides. */
export async function personWithTelephone(services: IdentityServices, { andEmail = false } = {}) {
  const { cognito, pools } = services;
  const { id, email } = await services.person();
  const { viewer } = authenticated(await signIn(services, email));
  const phoneNumber = `+4915155${String(++telephones).padStart(6, '0')}`;
  const person = { UserPoolId: pools.END_USER.poolId, Username: id };
  await cognito.sdk.send(
    new AdminUpdateUserAttributesCommand({
      ...person,
      UserAttributes: [
        { Name: 'phone_number', Value: phoneNumber },
        { Name: 'phone_number_verified', Value: 'true' },
      ],
    }),
  );
  await cognito.sdk.send(
    new AdminSetUserMFAPreferenceCommand({
      ...person,
      SMSMfaSettings: { Enabled: true },
      ...(andEmail && { EmailMfaSettings: { Enabled: true } }),
    }),
  );
  return { id, email, viewer, phoneNumber };
}
