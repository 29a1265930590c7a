import type {
  GuardAnswer,
  GuardContext,
  GuardedResource,
  Path,
  Refusal,
  TrialDenial,
} from '../directives/guard-context.js';
import { qualifyAction, userUid } from '../services/authorization/names.js';
import { uidText, type EntityUid } from '../services/authorization/question.js';
import type { MaybePromise } from '../services/maybe-promise.js';
import { makeError } from './authorization-error.js';
import type { Caller } from './caller.js';
import { RequestDecisions } from './request-decisions.js';

/** Under which name a request's context has its decisions. */
export const CONTEXT_KEY = 'authorization';

/** What guards go by in all operations of a schema. */
export interface GuardsOptions {
  /** The Cedar namespace of actions that name none. */
  readonly namespace: string;
  readonly onDryRun: (denial: TrialDenial) => void;
}

/** The guards' view of one request. */
export class Guards implements GuardContext {
  refusal: Refusal | undefined;
  readonly #filtered = new Set<string>();
  #admitted = new WeakMap<object, Set<string>>();

  constructor(
    readonly resolverContext: object,
    readonly decisions: RequestDecisions,
    private readonly options: GuardsOptions,
  ) {}

  requireAsker(): Caller {
    const { caller } = this.decisions;
    if (caller === null) throw makeError('UNAUTHENTICATED', 'Sign in to do this.');
    return caller;
  }

  /** Whoever their token names: if they are not who it says, Portcullis decides nothing for them. */
  accountOf({ userId }: Caller): EntityUid | undefined {
    return userId === undefined ? undefined : userUid(userId);
  }

  ask(_asker: Caller, action: string, resource: GuardedResource): MaybePromise<GuardAnswer> {
    const name = action.includes(':') ? action : `${this.options.namespace}::${action}`;
    const { attributes } = resource;
    // Nobody may do anything to what does not exist, and nobody is told that it does not.
    return attributes === null
      ? { allowed: false, reason: 'NOT_PERMITTED', action: qualifyAction(name, resource.type), resource }
      : this.decisions.ask(name, resource, { attributes });
  }

  isAdmitted(object: object, typeName: string): boolean {
    return this.#admitted.get(object)?.has(typeName) ?? false;
  }

  admit(object: object, typeName: string): void {
    this.#admitted.set(object, (this.#admitted.get(object) ?? new Set()).add(typeName));
  }

  noteFiltered(resource: EntityUid): void {
    this.#filtered.add(uidText(resource));
  }

  get filteredCount(): number {
    return this.#filtered.size;
  }

  noteDryRun(denial: TrialDenial): void {
    try {
      this.options.onDryRun(denial);
    } catch (error) {
      // A guard on trial denies nothing, whatever becomes of what it tells.
      this.noteUnaskable(error);
    }
  }

  noteUnaskable(cause: unknown): void {
    this.decisions.reportUnaskable(cause);
  }

  refuse(refusal: { readonly error: Refusal['error']; readonly path: Path }): void {
    this.refusal ??= refusal;
  }

  /** What comes after a change rests on nothing from before it. */
  forget(): void {
    this.#admitted = new WeakMap();
    this.decisions.forget();
  }
}

const known = new WeakMap<object, Guards>();

/** The guards of a request that has met some; undefined for one that has met none. */
export const guardsOf = (resolverContext: unknown): Guards | undefined =>
  typeof resolverContext === 'object' && resolverContext !== null ? known.get(resolverContext) : undefined;

/** Lets nothing that was decided before count any longer in a request, where it has decisions at all. */
export function forgetDecisions(resolverContext: unknown): void {
  const guards = guardsOf(resolverContext);
  if (guards !== undefined) guards.forget();
  else decisionsIn(resolverContext)?.forget();
}

function decisionsIn(resolverContext: unknown): RequestDecisions | undefined {
  const { [CONTEXT_KEY]: decisions } = (resolverContext ?? {}) as { readonly [CONTEXT_KEY]?: unknown };
  return decisions instanceof RequestDecisions ? decisions : undefined;
}

/**
 * The guards of a request, made where there are none yet.
 *
 * @throws Error where the context has no decisions
 */
export function guardsFor(resolverContext: unknown, options: GuardsOptions): Guards {
  const before = guardsOf(resolverContext);
  if (before !== undefined) return before;
  const decisions = decisionsIn(resolverContext);
  if (decisions === undefined) {
    throw new Error(
      `@authorize finds no decisions in the context: put \`client.forRequest(request)\` there as \`${CONTEXT_KEY}\`.`,
    );
  }
  const made = new Guards(resolverContext as object, decisions, options);
  known.set(resolverContext as object, made);
  return made;
}
