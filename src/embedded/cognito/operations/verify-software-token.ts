import type {
  VerifySoftwareTokenCommandInput,
  VerifySoftwareTokenCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { text, validated } from '../input.js';
import { assertTokensAllowed, findTokenOwner, tokenOwner } from '../software-token-owner.js';
import type { CognitoServices } from '../services.js';

const input = z.object({
  ...tokenOwner,
  UserCode: text(6, 6).regex(/^[0-9]+$/),
  FriendlyDeviceName: text(131_072).optional(),
});

/**
 * Puts an authenticator into use by a code that it shows. Who signs in with it is asked for it from then on; who is signed
 * in, once they turn it on by SetUserMFAPreference.
 */
export const createVerifySoftwareToken = (
  services: Pick<
    CognitoServices,
    'accessTokens' | 'challenges' | 'clients' | 'clock' | 'pools' | 'softwareTokens' | 'users'
  >,
): OperationHandler<VerifySoftwareTokenCommandInput, VerifySoftwareTokenCommandOutput> =>
  validated(input, async ({ UserCode, FriendlyDeviceName, ...owner }) => {
    const { challenges, clock, softwareTokens, users } = services;
    const { pool, client, user, challenge } = await findTokenOwner(services, owner);
    assertTokensAllowed(pool);
    if (challenge) await challenges.countTry(challenge);
    await softwareTokens.verify(user, UserCode, FriendlyDeviceName ?? null);
    if (!challenge) {
      await users.update(user, {}, clock.now());
      return { Status: 'SUCCESS' };
    }
    // Whoever else was about to set one up for this account would replace this one by theirs.
    await challenges.closeAll(user);
    const mfaMethods = [...new Set([...user.mfaMethods, 'SOFTWARE_TOKEN_MFA' as const])];
    await users.update(user, { mfaMethods }, clock.now());
    return { Status: 'SUCCESS', Session: await challenges.open(user, client, 'MFA_SETUP_VERIFIED') };
  });
