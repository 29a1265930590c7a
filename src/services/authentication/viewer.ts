import type { ServiceCaller } from '../service-callers/service-caller.js';
import type { SessionRecord } from '../sessions/session.js';
import type { UserRecord, UserType } from '../users/user-store.js';

/** The signed-in person on whose behalf a request runs. */
export interface Viewer {
  readonly userId: string;
  readonly userType: UserType;
  readonly session: SessionRecord;
  /** The access token that brought them, for what Cognito does only for its bearer. Never logged. */
  readonly accessToken: string;
  /** When it ends. */
  readonly tokenExpiresAt: Date;
}

/** Who was read to judge their credential, as of then. */
export interface ReadViewer {
  readonly person: UserRecord;
  /** Names of their roles; undefined as long as those have not been read, which nothing waits for. */
  readonly roles: () => readonly string[] | undefined;
  /** The same once they have been read, for who needs them; rejects where they cannot be. */
  readonly rolesToCome: Promise<readonly string[]>;
}

/** What a request's Authorization header came to. */
export type Credential =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'viewer'; readonly viewer: Viewer; readonly read: ReadViewer }
  | { readonly kind: 'service'; readonly service: ServiceCaller }
  /** A credential was sent and is no good, or could not be judged: thrown by whatever needs somebody. */
  | { readonly kind: 'rejected'; readonly error: Error };
