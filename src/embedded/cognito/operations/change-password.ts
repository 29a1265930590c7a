import type {
  ChangePasswordCommandInput,
  ChangePasswordCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { incorrectCredentials, passwordResetRequired } from '../exceptions.js';
import { password, token, validated } from '../input.js';
import { passwordMatches } from '../password-hashing.js';
import { assertPasswordConforms } from '../password-policy.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ AccessToken: token, PreviousPassword: password, ProposedPassword: password });

/**
 * Replaces the password of whoever the access token belongs to. A wrong present one counts as a failed sign-in does.
 * Sign-ins that there are go on, as at Cognito.
 */
export const createChangePassword = ({
  accessTokens,
  challenges,
  clock,
  failures,
  hashPassword,
  passwordHistory,
  users,
}: Pick<
  CognitoServices,
  'accessTokens' | 'challenges' | 'clock' | 'failures' | 'hashPassword' | 'passwordHistory' | 'users'
>): OperationHandler<ChangePasswordCommandInput, ChangePasswordCommandOutput> =>
  validated(input, async ({ AccessToken, PreviousPassword, ProposedPassword }) => {
    const { pool, user } = await accessTokens.verify(AccessToken);
    if (user.status === 'RESET_REQUIRED') throw passwordResetRequired();
    assertPasswordConforms(pool.settings.Policies.PasswordPolicy, ProposedPassword);
    const account = { poolId: pool.id, account: user.sub };
    await failures.assertUnlocked(account);
    if (!(await passwordMatches(PreviousPassword, user.passwordHash))) {
      await failures.recordFailure(account);
      throw incorrectCredentials();
    }
    await failures.recordSuccess(account);
    await passwordHistory.assertUnused(pool, user, ProposedPassword);
    const passwordHash = await hashPassword(ProposedPassword);
    await passwordHistory.keep(pool, user);
    await users.update(user, { passwordHash }, clock.now());
    await challenges.closeAll(user);
    return {};
  });
