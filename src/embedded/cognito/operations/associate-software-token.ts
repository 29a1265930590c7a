import type {
  AssociateSoftwareTokenCommandInput,
  AssociateSoftwareTokenCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { invalidSession } from '../exceptions.js';
import { validated } from '../input.js';
import { assertTokensAllowed, findTokenOwner, tokenOwner } from '../software-token-owner.js';
import type { CognitoServices } from '../services.js';

const input = z.object(tokenOwner);

/** Gives out the secret of a new authenticator. The one in use stays until the new one is verified. */
export const createAssociateSoftwareToken = (
  services: Pick<
    CognitoServices,
    'accessTokens' | 'challenges' | 'clients' | 'pools' | 'softwareTokens' | 'users'
  >,
): OperationHandler<AssociateSoftwareTokenCommandInput, AssociateSoftwareTokenCommandOutput> =>
  validated(input, async (call) => {
    const { challenges, softwareTokens } = services;
    const { pool, client, user, challenge } = await findTokenOwner(services, call);
    assertTokensAllowed(pool);
    if (!challenge) return { SecretCode: await softwareTokens.associate(user) };
    if (!(await challenges.close(challenge))) throw invalidSession();
    const SecretCode = await softwareTokens.associate(user);
    return { SecretCode, Session: await challenges.open(user, client, 'MFA_SETUP') };
  });
