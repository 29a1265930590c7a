import type { GraphQLResolveInfo } from 'graphql';

import type { PortcullisError } from '../errors.js';
import type { Asker } from '../services/authentication/asker.js';
import type { Decision, DecisionReason } from '../services/authorization/decision.js';
import type { EntityUid } from '../services/authorization/question.js';
import type { MaybePromise } from '../services/maybe-promise.js';

/** A place in the operation, from the field up to its root. */
export type Path = GraphQLResolveInfo['path'];

/** Why an operation is refused whole, and where that was found. */
export interface Refusal {
  readonly error: PortcullisError;
  readonly path: Path;
}

/** What a guard on trial would have denied. */
export interface TrialDenial {
  /** `Type.field`, or the type's name for a guard on a type. */
  readonly field: string;
  readonly action: string;
  /** Undefined where no resource was found, or nobody asks. */
  readonly resourceType: string | undefined;
  readonly reason: DecisionReason | 'UNAUTHENTICATED';
}

/** What the guards need of a request's context. */
export interface GuardContext {
  /** @throws PortcullisError UNAUTHENTICATED where nobody is signed in. */
  requireAsker(path: Path): Asker;
  /** Never throws nor rejects; what cannot be decided is a denial with its reason. */
  ask(asker: Asker, action: string, resource: EntityUid): MaybePromise<Decision>;
  /** Was this very object found readable already, as one of this type, by the asker of this place? */
  isAdmitted(object: object, typeName: string, path: Path): boolean;
  admit(object: object, typeName: string, path: Path): void;
  /** Notes an item that was left out of a list. */
  noteFiltered(resource: EntityUid): void;
  /** Notes what a guard on trial would have denied. */
  noteDryRun(denial: TrialDenial): void;
  /** Why the whole operation is refused; undefined while it is not. */
  readonly refusal: Refusal | undefined;
  /** Refuses the whole operation. The first refusal stays. */
  refuse(refusal: Refusal): void;
}
