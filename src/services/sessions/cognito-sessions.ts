import {
  AdminRevokeUserSessionCommand,
  GetUserPoolSessionConfigurationCommand,
  ListUserSessionsCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { and, eq, isNull } from 'drizzle-orm';

import { createRefreshingValue } from '../authorization/refreshing-value.js';
import type { Clock } from '../clock.js';
import type { CognitoPools } from '../cognito/pools.js';
import type { Db } from '../database/database.js';
import { sessions } from '../database/schema/identity.js';
import type { Logger } from '../logger.js';
import { USER_TYPES, type UserType } from '../users/user-store.js';
import type { SessionRecord } from './session.js';

/**
 * Cognito's own record of sign-ins, in pools that keep one: what ends here ends there too, so that the tokens are no good for
 * Cognito's own operations either. It is a second lock and never the first: nobody waits for it to succeed.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managing-user-sessions.html
 */
export interface CognitoSessions {
  /** Finds out, in its own time, what Cognito calls the session of an access token. Never fails. */
  learn(session: SessionRecord, accessToken: string): void;
  /** Ends these at Cognito, as far as it is known what it calls them. Never rejects. */
  readonly end: (ended: readonly SessionRecord[]) => Promise<void>;
}

/** Cognito's lists are "eventually consistent": a new session is in them after a few seconds. */
const LISTED_AFTER_MS = 5_000;
const TRY_EVERY_MS = 60_000;
/** How many sessions one process remembers to have asked about. */
const MAX_REMEMBERED = 10_000;
const CONFIGURATION_LIFETIME_MS = 10 * 60_000;

/** What says that there is nothing left to end. */
const GONE: ReadonlySet<string> = new Set(['ResourceNotFoundException', 'UserNotFoundException']);

export function createCognitoSessions({
  client,
  pools,
  db,
  clock,
  logger,
}: {
  readonly client: Pick<CognitoIdentityProviderClient, 'send'>;
  readonly pools: CognitoPools;
  readonly db: Db;
  readonly clock: Clock;
  readonly logger: Logger;
}): CognitoSessions {
  const askedAt = new Map<string, number>();

  const tracking = new Map(
    USER_TYPES.map((userType) => [
      userType,
      createRefreshingValue({
        async read() {
          const { poolId: UserPoolId } = pools[userType];
          const answer = await client.send(new GetUserPoolSessionConfigurationCommand({ UserPoolId }));
          return answer.UserSessionTracking === 'ENABLED';
        },
        clock,
        lifetime: CONFIGURATION_LIFETIME_MS,
        retryAfter: CONFIGURATION_LIFETIME_MS,
        // Most pools are of a tier that has none, or this service may not ask: both are as good as off.
        onFailure: (error) => logger.debug({ err: error, userType }, 'Session tracking could not be read.'),
      }),
    ]),
  );
  const isTracked = async (userType: UserType): Promise<boolean> =>
    (await tracking
      .get(userType)
      ?.get()
      .catch(() => false)) ?? false;

  const note = async ({ id, userType }: SessionRecord, AccessToken: string): Promise<void> => {
    if (!(await isTracked(userType))) return;
    const { Sessions = [] } = await client.send(new ListUserSessionsCommand({ AccessToken }));
    const cognitoSessionId = Sessions.find(({ IsCurrentSession }) => IsCurrentSession)?.SessionId;
    if (cognitoSessionId === undefined) return;
    await db
      .update(sessions)
      .set({ cognitoSessionId })
      .where(and(eq(sessions.id, id), isNull(sessions.cognitoSessionId)));
  };

  const revoke = async ({ id, userId, userType, cognitoSessionId }: SessionRecord): Promise<void> => {
    if (cognitoSessionId === null || !(await isTracked(userType))) return;
    try {
      await client.send(
        new AdminRevokeUserSessionCommand({
          UserPoolId: pools[userType].poolId,
          Username: userId,
          SessionId: cognitoSessionId,
        }),
      );
    } catch (error) {
      if (error instanceof Error && GONE.has(error.name)) return;
      logger.warn({ err: error, session: id }, 'A session that has ended was not ended at Cognito.');
    }
  };

  return {
    learn(session, accessToken) {
      const now = clock.now().getTime();
      if (session.cognitoSessionId !== null || now - session.createdAt.getTime() < LISTED_AFTER_MS) return;
      if (now - (askedAt.get(session.id) ?? -Infinity) < TRY_EVERY_MS) return;
      if (askedAt.size >= MAX_REMEMBERED) askedAt.clear();
      askedAt.set(session.id, now);
      note(session, accessToken).catch((error: unknown) =>
        logger.warn({ err: error, session: session.id }, 'What Cognito calls a session was not found out.'),
      );
    },

    async end(ended) {
      await Promise.all(ended.map(revoke));
    },
  };
}
