import { PortcullisError, unauthenticated } from '../../errors.js';
import { UNKNOWN_CLIENT, type ClientAddress } from '../sessions/session.js';
import { bearerToken } from './bearer-token.js';
import type { AuthenticationDependencies } from './dependencies.js';
import type { Credential, ReadViewer, Viewer } from './viewer.js';

/** `client` is who sends the request, as far as it is known. */
export type Authenticate = (authorization: string | undefined, client?: ClientAddress) => Promise<Credential>;

/**
 * Judges an Authorization header: a genuine token whose session runs and whose person exists and is enabled. It never
 * rejects: a credential that is no good is an answer of its own, which stands in the way only of what needs a viewer.
 */
export function createAuthenticate({
  verifier,
  sessions,
  users,
  clientWatch,
  cognitoSessions,
}: Pick<
  AuthenticationDependencies,
  'verifier' | 'sessions' | 'users' | 'clientWatch' | 'cognitoSessions'
>): Authenticate {
  const viewerOf = async (
    token: string,
    client: ClientAddress,
  ): Promise<{ viewer: Viewer; read: ReadViewer } | undefined> => {
    const { family, userId, userType, expiresAt } = await verifier.verify(token);
    // They judge nothing here, and nobody waits for them: most requests rest on them next, and are told then what went wrong.
    let roles: readonly string[] | undefined;
    const rolesToCome = users.rolesOf(userId);
    rolesToCome.then(
      (names) => (roles = names),
      () => {},
    );
    const [session, person] = await Promise.all([sessions.findByFamily(family), users.find(userId)]);
    if (!session || session.endedAt !== null) return undefined;
    if (session.userId !== userId || session.userType !== userType) return undefined;
    if (!person?.enabled) return undefined;
    if (!(await clientWatch.admits(session, client))) return undefined;
    const viewer = { userId, userType, session, accessToken: token, tokenExpiresAt: expiresAt };
    return { viewer, read: { person, roles: () => roles, rolesToCome } };
  };

  return async (authorization, client = UNKNOWN_CLIENT) => {
    if (authorization === undefined || authorization === '') return { kind: 'anonymous' };
    const token = bearerToken(authorization);
    if (token === undefined) return { kind: 'rejected', error: refused() };
    try {
      const found = await viewerOf(token, client);
      if (!found) return { kind: 'rejected', error: refused() };
      const { session } = found.viewer;
      sessions.touch(session);
      cognitoSessions.learn(session, token);
      return { kind: 'viewer', ...found };
    } catch (error) {
      return { kind: 'rejected', error: judged(error) };
    }
  };
}

const refused = () => unauthenticated('The credential is not valid. Sign in again.');

/** Whatever else fails says nothing about the credential: it could not be judged. */
function judged(error: unknown): PortcullisError {
  if (error instanceof PortcullisError) return error;
  return new PortcullisError('UPSTREAM_UNAVAILABLE', 'The credential cannot be checked at the moment.', {
    cause: error,
  });
}
