import type { AuthenticationResultType, ChallengeNameType } from '@aws-sdk/client-cognito-identity-provider';

import type { AppClient } from './client-settings.js';
import type { CognitoServices } from './services.js';
import { evictSessions } from './user-sessions.js';
import type { User } from './user-store.js';

/** Tokens, or a challenge to answer first. */
export interface SignInAnswer {
  AuthenticationResult?: AuthenticationResultType;
  ChallengeName?: ChallengeNameType;
  ChallengeParameters: Record<string, string>;
  Session?: string;
}

/** Begins a new refresh family for somebody who has shown who they are, and gives out its first tokens. */
export async function completeSignIn(
  { families, groups, pools, tokens }: Pick<CognitoServices, 'families' | 'groups' | 'pools' | 'tokens'>,
  user: User,
  client: AppClient,
): Promise<AuthenticationResultType> {
  const { family, refreshToken } = await families.start(user, client);
  await evictSessions(families, await pools.get(user.poolId), user, family);
  const issued = await tokens.issue({ client, user, family, groups: await groups.namesOf(user) });
  return { ...issued, RefreshToken: refreshToken };
}
