import type { GraphQLResolveInfo } from 'graphql';

import type { ErrorCode } from '../errors.js';
import type { Decision, DecisionReason } from '../services/authorization/decision.js';
import type { CedarRecord, EntityUid } from '../services/authorization/question.js';
import type { MaybePromise } from '../services/maybe-promise.js';

/** A place in the operation, from the field up to its root. */
export type Path = GraphQLResolveInfo['path'];

/** An error that tells a caller what was denied, by a code of `errors.ts`. */
export type DenialError = Error & { readonly code: ErrorCode };

/** Why an operation is refused whole, and where that was found. */
export interface Refusal {
  readonly error: DenialError;
  readonly path: Path;
}

/** Whoever asks: nothing to the guards, which hand it back to the context that it is from. */
export type GuardAsker = object;

/** What a guard is about, with whatever its subgraph has to tell of it. */
export interface GuardedResource extends EntityUid {
  /** Null where the subgraph knows of none of that name. */
  readonly attributes?: CedarRecord | null;
}

/** What a guard needs of a decision. Who asks can turn out to be nobody when the question is asked. */
export interface GuardAnswer extends Pick<Decision, 'allowed' | 'action' | 'resource'> {
  readonly reason: DecisionReason | 'UNAUTHENTICATED';
}

/** What a guard on trial would have denied. */
export interface TrialDenial {
  /** `Type.field`, or the type's name for a guard on a type. */
  readonly field: string;
  readonly action: string;
  /** Undefined where no resource was found, or nobody asks. */
  readonly resourceType: string | undefined;
  readonly reason: GuardAnswer['reason'];
}

/** What the guards need of a request's context. */
export interface GuardContext {
  /** What resolvers get as their context. */
  readonly resolverContext: unknown;
  /** @throws DenialError UNAUTHENTICATED where nobody is signed in. */
  requireAsker(path: Path): GuardAsker;
  /** The person who asks; undefined where it is nobody's account. */
  accountOf(asker: GuardAsker): EntityUid | undefined;
  /** Never throws nor rejects; what cannot be decided is a denial with its reason. */
  ask(asker: GuardAsker, action: string, resource: GuardedResource): MaybePromise<GuardAnswer>;
  /** Was this very object found readable already, as one of this type, by the asker of this place? */
  isAdmitted(object: object, typeName: string, path: Path): boolean;
  admit(object: object, typeName: string, path: Path): void;
  /** Notes an item that was left out of a list. */
  noteFiltered(resource: EntityUid): void;
  /** Notes what a guard on trial would have denied. */
  noteDryRun(denial: TrialDenial): void;
  /** Notes why a guard could not ask: what its subgraph was to tell of a resource failed. */
  noteUnaskable?(cause: unknown): void;
  /** Why the whole operation is refused; undefined while it is not. */
  readonly refusal: Refusal | undefined;
  /** Refuses the whole operation. The first refusal stays. */
  refuse(refusal: Refusal): void;
}
