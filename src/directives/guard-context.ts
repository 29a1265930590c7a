import type { GraphQLResolveInfo } from 'graphql';

import type { Asker } from '../services/authentication/asker.js';
import type { Decision } from '../services/authorization/decision.js';
import type { EntityUid } from '../services/authorization/question.js';

/** A place in the operation, from the field up to its root. */
export type Path = GraphQLResolveInfo['path'];

/** What the guards need of a request's context. */
export interface GuardContext {
  /** @throws PortcullisError UNAUTHENTICATED where nobody is signed in. */
  requireAsker(path: Path): Asker;
  /** Never rejects; what cannot be decided is a denial with its reason. */
  ask(asker: Asker, action: string, resource: EntityUid): Promise<Decision>;
  /** Was this very object found readable already, by the asker of this place? */
  isAdmitted(object: object, path: Path): boolean;
  admit(object: object, path: Path): void;
  /** Notes an item that was left out of a list. */
  noteFiltered(resource: EntityUid): void;
}
