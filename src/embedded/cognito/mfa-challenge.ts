import type { AppClient } from './client-settings.js';
import { randomText } from './identifiers.js';
import { allowedMethods, CONTACT_OF, methodsOf, methodToAsk } from './mfa-methods.js';
import type { UserPool } from './pool-settings.js';
import type { CognitoServices } from './services.js';
import { completeSignIn, type SignInAnswer } from './sign-in.js';
import type { MfaMethod, User } from './user-store.js';

/** Whose sign-in it is, and where. */
export interface SignInState {
  readonly pool: UserPool;
  readonly client: AppClient;
  readonly user: User;
}

export type MfaServices = Pick<
  CognitoServices,
  'challenges' | 'delivery' | 'families' | 'groups' | 'pools' | 'randomness' | 'softwareTokens' | 'tokens'
>;

/** What follows the password: tokens, or the second factor that stands between somebody and theirs. */
export async function continueSignIn(services: MfaServices, state: SignInState): Promise<SignInAnswer> {
  const { pool, client, user } = state;
  const methods = methodsOf(pool, user);
  if (methods.length === 0 && pool.settings.MfaConfiguration === 'ON') {
    return {
      ChallengeName: 'MFA_SETUP',
      ChallengeParameters: {
        USER_ID_FOR_SRP: user.username,
        MFAS_CAN_SETUP: JSON.stringify(allowedMethods(pool.settings)),
      },
      Session: await services.challenges.open(user, client, 'MFA_SETUP'),
    };
  }
  if (methods.length === 0) {
    return { AuthenticationResult: await completeSignIn(services, user, client), ChallengeParameters: {} };
  }
  const method = methodToAsk(methods, user);
  if (method) return askFor(services, state, method);
  return {
    ChallengeName: 'SELECT_MFA_TYPE',
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.username,
      MFAS_CAN_CHOOSE: JSON.stringify(methods),
    },
    Session: await services.challenges.open(user, client, 'SELECT_MFA_TYPE'),
  };
}

/**
 * Asks for one second factor, and sends the code where it is one that is sent.
 * @throws CodeDeliveryFailureException
 */
export async function askFor(
  services: MfaServices,
  { pool, client, user }: SignInState,
  method: MfaMethod,
): Promise<SignInAnswer> {
  const { challenges, delivery, randomness, softwareTokens } = services;
  const { username: USER_ID_FOR_SRP, attributes } = user;
  if (method === 'SOFTWARE_TOKEN_MFA') {
    const deviceName = (await softwareTokens.find(user))?.deviceName;
    return {
      ChallengeName: method,
      ChallengeParameters: { USER_ID_FOR_SRP, ...(deviceName && { FRIENDLY_DEVICE_NAME: deviceName }) },
      Session: await challenges.open(user, client, method),
    };
  }
  const code = randomText(randomness, '0123456789', 6);
  const Session = await challenges.open(user, client, method, code);
  const to = attributes[CONTACT_OF[method]] ?? '';
  const { DeliveryMedium = '', Destination = '' } = await delivery.deliverMfaCode(method, to, code, pool);
  return {
    ChallengeName: method,
    ChallengeParameters: {
      USER_ID_FOR_SRP,
      CODE_DELIVERY_DELIVERY_MEDIUM: DeliveryMedium,
      CODE_DELIVERY_DESTINATION: Destination,
    },
    Session,
  };
}
