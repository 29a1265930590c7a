import { throughAllSteps } from '../cache/unspread-change.js';
import type { AuthenticationDependencies } from './dependencies.js';
import type { Viewer } from './viewer.js';

export type Logout = (viewer: Viewer, options: { readonly everywhere: boolean }) => Promise<void>;

/** Ends the viewer's session, or all of theirs: by our own record first, which every request asks. */
export function createLogout({
  sessions,
  users,
  logger,
}: Pick<AuthenticationDependencies, 'sessions' | 'users' | 'logger'>): Logout {
  const endAtCognito = async (userId: string) => {
    try {
      await users.signOutEverywhere(userId);
    } catch (error) {
      // The viewer is signed out and could not even ask again; what Cognito still refreshes has no session here.
      logger.error({ err: error, user: userId }, 'Refresh tokens were not ended at Cognito.');
    }
  };

  return async ({ userId, session }, { everywhere }) => {
    if (!everywhere) {
      await sessions.end(session.id, 'LOGGED_OUT');
      return;
    }
    await throughAllSteps(
      () => sessions.endAllOf(userId, 'LOGGED_OUT'),
      () => endAtCognito(userId),
    );
  };
}
