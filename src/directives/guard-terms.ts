import type { ErrorCode, PortcullisErrorOptions } from '../errors.js';
import type { CedarRecord, EntityUid } from '../services/authorization/question.js';
import type { MaybePromise } from '../services/maybe-promise.js';
import type { DenialError, GuardContext } from './guard-context.js';

/** What a subgraph can tell of the entities of one Cedar type, which is all that the policies know of them. */
export interface Description {
  /** Of one that was found. */
  readonly ofValue: (value: object, resolverContext: unknown) => MaybePromise<CedarRecord>;
  /** Of one that is only named; undefined where it does not exist. */
  readonly ofId?:
    ((id: string, resolverContext: unknown) => MaybePromise<CedarRecord | undefined>) | undefined;
}

/** What guards go by that differs between the subgraphs that have them. */
export interface GuardTerms {
  /** Adds the subgraph's namespace to the name of a type that has none. */
  readonly qualifyType: (type: string) => string;
  /** The resource of what concerns no single entity. */
  readonly application: EntityUid;
  /** Of types, by their Cedar names; undefined where the policies know by themselves what they go by. */
  readonly descriptionOf: (type: string) => Description | undefined;
  /** The guards' view of what resolvers get as their context. */
  readonly guardContextOf: (resolverContext: unknown) => GuardContext;
  /**
   * Whether the guards of selected fields are asked together with those of the type, where a request to decide is far away: it
   * asks what need not have been asked of whom the type's guards deny.
   */
  readonly asksAhead?: boolean;
  readonly makeError: (code: ErrorCode, message: string, options?: PortcullisErrorOptions) => DenialError;
}
