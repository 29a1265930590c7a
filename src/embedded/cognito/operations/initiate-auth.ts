import type {
  InitiateAuthCommandInput,
  InitiateAuthCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertSecretHash } from '../client-authentication.js';
import type { AppClient, AuthFlow } from '../client-settings.js';
import { invalidParameter } from '../exceptions.js';
import { clientId, password, secretHash, token, username, validated } from '../input.js';
import type { MfaServices } from '../mfa-challenge.js';
import { signInWithPassword } from '../password-sign-in.js';
import { findRefreshFamily, reissue } from '../refresh-sign-in.js';
import type { CognitoServices } from '../services.js';

/** Where there is no map at all, what is missing is its first parameter. */
const parameters = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((given) => given ?? {}, z.object(shape));

const passwordParameters = parameters({ USERNAME: username, PASSWORD: password, SECRET_HASH: secretHash });
const refreshParameters = parameters({ REFRESH_TOKEN: token, SECRET_HASH: secretHash });

const input = z.discriminatedUnion('AuthFlow', [
  z.object({
    AuthFlow: z.literal('USER_PASSWORD_AUTH'),
    ClientId: clientId,
    AuthParameters: passwordParameters,
  }),
  z.object({
    AuthFlow: z.enum(['REFRESH_TOKEN_AUTH', 'REFRESH_TOKEN']),
    ClientId: clientId,
    AuthParameters: refreshParameters,
  }),
  z.object({ AuthFlow: z.enum(['USER_SRP_AUTH', 'CUSTOM_AUTH', 'USER_AUTH']), ClientId: clientId }),
]);

type Services = MfaServices & Pick<CognitoServices, 'clients' | 'clock' | 'failures' | 'pools' | 'users'>;

/** Signs in with a password, or exchanges a refresh token. */
export const createInitiateAuth = (
  services: Services,
): OperationHandler<InitiateAuthCommandInput, InitiateAuthCommandOutput> =>
  validated(input, async (call) => {
    const client = await services.clients.get(call.ClientId);
    switch (call.AuthFlow) {
      case 'USER_PASSWORD_AUTH': {
        assertFlowEnabled(client, 'USER_PASSWORD_AUTH', ['ALLOW_USER_PASSWORD_AUTH', 'USER_PASSWORD_AUTH']);
        const { USERNAME, PASSWORD, SECRET_HASH } = call.AuthParameters;
        assertSecretHash(client, [USERNAME], SECRET_HASH);
        const pool = await services.pools.get(client.poolId);
        return signInWithPassword(services, pool, client, { username: USERNAME, password: PASSWORD });
      }
      case 'REFRESH_TOKEN_AUTH':
      case 'REFRESH_TOKEN': {
        assertFlowEnabled(client, 'REFRESH_TOKEN_AUTH', ['ALLOW_REFRESH_TOKEN_AUTH']);
        const { REFRESH_TOKEN, SECRET_HASH } = call.AuthParameters;
        const found = await findRefreshFamily(services, client, REFRESH_TOKEN);
        assertSecretHash(client, [found.user.username, found.user.sub], SECRET_HASH);
        return { AuthenticationResult: await reissue(services, client, found), ChallengeParameters: {} };
      }
      case 'USER_SRP_AUTH':
      case 'CUSTOM_AUTH':
      case 'USER_AUTH':
        throw invalidParameter('Initiate Auth method not supported.');
    }
  });

/** A client that rotates its refresh tokens exchanges them by GetTokensFromRefreshToken alone. */
function assertFlowEnabled({ settings }: AppClient, flow: string, flags: readonly AuthFlow[]): void {
  const allowed = settings.ExplicitAuthFlows.some((flag) => flags.includes(flag));
  const rotates = flow === 'REFRESH_TOKEN_AUTH' && settings.RefreshTokenRotation.Feature === 'ENABLED';
  if (!allowed || rotates) throw invalidParameter(`${flow} flow not enabled for this client`);
}
