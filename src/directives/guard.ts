import { ERROR_CODES, type ErrorCode } from '../errors.js';
import type { EntityUid } from '../services/authorization/question.js';
import { isPromise, whenKnown, type MaybePromise } from '../services/maybe-promise.js';
import type { AuthorizeUsage, OnDenied } from './authorize.directive.js';
import type {
  DenialError,
  GuardAnswer,
  GuardAsker,
  GuardContext,
  GuardedResource,
  Path,
} from './guard-context.js';
import type { GuardTerms } from './guard-terms.js';
import type { FieldSite, ResourceLocator } from './resource-locator.js';

/** A usage of `@authorize`, made ready when the schema was built. */
export interface Guard {
  /** `Type.field`, or the type's name for a guard on a type. */
  readonly where: string;
  readonly action: string;
  readonly locate: ResourceLocator;
  /** Did the caller name the resource? Then a nonsensical one is the caller's fault. */
  readonly fromArguments: boolean;
  /** Is it about a value that was found, a field's or an item? Then one that cannot be named cannot be decided on. */
  readonly isOfValue: boolean;
  readonly onDenied: OnDenied;
  /** On trial: its denials are noted, and nobody is denied anything. */
  readonly dryRun: boolean;
  readonly terms: GuardTerms;
}

export function makeGuard(
  usage: AuthorizeUsage,
  { where, locate, isOfValue, terms }: Pick<Guard, 'where' | 'locate' | 'isOfValue' | 'terms'>,
): Guard {
  return {
    where,
    isOfValue,
    terms,
    action: usage.action,
    locate,
    fromArguments: usage.resource?.startsWith('$args') ?? false,
    onDenied: usage.onDenied ?? 'NULL',
    dryRun: usage.dryRun ?? false,
  };
}

/** What a guard denied. */
export interface Denial {
  readonly error: DenialError;
  readonly onDenied: OnDenied;
  /** Unknown where no decision could even be asked for. */
  readonly resource?: EntityUid;
}

const STRICTNESS: Readonly<Record<OnDenied, number>> = { FILTER: 0, NULL: 1, REJECT: 2 };

/**
 * Asks all guards of one place at once. Where one of them refuses operations, and denies, the operation is refused.
 *
 * @returns the strictest denial, of equals the first; undefined where all guards admit. At once where all is remembered
 * @throws DenialError (or as a rejection) UNAUTHENTICATED where nobody is signed in, and the refusal of an operation
 */
export function judge(
  guards: readonly Guard[],
  { source, args, item }: Omit<FieldSite, 'asker' | 'context'>,
  context: GuardContext,
  path: Path,
): MaybePromise<Denial | undefined> {
  stopWhereRefused(context);
  const asker = askerOf(guards, context, path);
  if (asker === undefined) return undefined;
  const denial = strictestBy(guards, { source, args, item, asker, context }, context);
  return isPromise(denial) ? concludeLater(denial, context, path) : conclude(denial, context, path);
}

const concludeLater = async (
  denial: Promise<Denial | undefined>,
  context: GuardContext,
  path: Path,
): Promise<Denial | undefined> => conclude(await denial, context, path);

function conclude(denial: Denial | undefined, context: GuardContext, path: Path): Denial | undefined {
  // Others have been asked meanwhile.
  stopWhereRefused(context);
  if (denial?.onDenied === 'REJECT') context.refuse({ error: denial.error, path });
  return denial;
}

/** Nearly every place has one guard. A function that may make a closure costs more to call, whether it makes it or not. */
function strictestBy(
  guards: readonly Guard[],
  site: FieldSite,
  context: GuardContext,
): MaybePromise<Denial | undefined> {
  const first = guards[0];
  return first !== undefined && guards.length === 1
    ? denialBy(first, site, context)
    : strictestOfAll(guards, site, context);
}

function strictestOfAll(
  guards: readonly Guard[],
  site: FieldSite,
  context: GuardContext,
): MaybePromise<Denial | undefined> {
  return whenKnown(
    guards.map((guard) => denialBy(guard, site, context)),
    strictestOf,
  );
}

/** @throws DenialError the refusal of an operation that is refused */
export function stopWhereRefused({ refusal }: GuardContext): void {
  if (refusal !== undefined) throw refusal.error;
}

/**
 * Who asks; undefined where nobody does and all guards are on trial, who are told so.
 *
 * @throws DenialError UNAUTHENTICATED
 */
export function askerOf(guards: readonly Guard[], context: GuardContext, path: Path): GuardAsker | undefined {
  try {
    return context.requireAsker(path);
  } catch (error) {
    const [binding, onTrial] = [guards.filter(isBinding), guards.filter(({ dryRun }) => dryRun)];
    const reason = isDenialError(error) && error.code === 'UNAUTHENTICATED' ? error.code : 'UNAVAILABLE';
    for (const { where, action } of onTrial) {
      context.noteDryRun({ field: where, action, resourceType: undefined, reason });
    }
    if (binding.length === 0) return undefined;
    if (isDenialError(error) && binding.some(({ onDenied }) => onDenied === 'REJECT')) {
      context.refuse({ error, path });
    }
    throw error;
  }
}

const isDenialError = (error: unknown): error is DenialError =>
  error instanceof Error && 'code' in error && ERROR_CODES.includes(error.code as ErrorCode);

export const isBinding = ({ dryRun }: Pick<Guard, 'dryRun'>): boolean => !dryRun;

/** The strictest of some denials, of equals the first. */
export function strictestOf(denials: readonly (Denial | undefined)[]): Denial | undefined {
  let strictest: Denial | undefined;
  for (const denial of denials) {
    if (denial === undefined) continue;
    if (strictest === undefined || STRICTNESS[denial.onDenied] > STRICTNESS[strictest.onDenied]) {
      strictest = denial;
    }
  }
  return strictest;
}

function denialBy(guard: Guard, site: FieldSite, context: GuardContext): MaybePromise<Denial | undefined> {
  let resources: MaybePromise<readonly GuardedResource[]>;
  try {
    resources = guard.locate(site);
  } catch (error) {
    return denialOfUnasked(guard, error, context);
  }
  return isPromise(resources)
    ? denialWhenLocated(guard, resources, site, context)
    : denialAbout(guard, resources, site, context);
}

async function denialWhenLocated(
  guard: Guard,
  locating: Promise<readonly GuardedResource[]>,
  site: FieldSite,
  context: GuardContext,
): Promise<Denial | undefined> {
  let resources: readonly GuardedResource[];
  try {
    resources = await locating;
  } catch (error) {
    return denialOfUnasked(guard, error, context);
  }
  return denialAbout(guard, resources, site, context);
}

/** Why it failed is the subgraph's own affair, and no caller's. */
function denialOfUnasked(guard: Guard, cause: unknown, context: GuardContext): Denial | undefined {
  const { where, action, onDenied, dryRun, terms } = guard;
  context.noteUnaskable?.(cause);
  if (!dryRun) return { error: unknowable(terms), onDenied };
  context.noteDryRun({ field: where, action, resourceType: undefined, reason: 'UNAVAILABLE' });
  return undefined;
}

function denialAbout(
  guard: Guard,
  resources: readonly GuardedResource[],
  site: FieldSite,
  context: GuardContext,
): MaybePromise<Denial | undefined> {
  const first = resources[0];
  // Nearly every guard is about one.
  return first !== undefined && resources.length === 1
    ? denialOfOne(guard, context.ask(site.asker, guard.action, first), context)
    : denialOfAny(guard, resources, site.asker, context);
}

function denialOfAny(
  guard: Guard,
  resources: readonly GuardedResource[],
  asker: GuardAsker,
  context: GuardContext,
): MaybePromise<Denial | undefined> {
  if (resources.length === 0) return denialOfGuard(guard, undefined, context);
  return whenKnown(
    resources.map((resource) => context.ask(asker, guard.action, resource)),
    (decisions) => {
      const denied = decisions.find(({ allowed }) => !allowed);
      return denied && denialOfGuard(guard, denied, context);
    },
  );
}

function denialOfOne(
  guard: Guard,
  decision: MaybePromise<GuardAnswer>,
  context: GuardContext,
): MaybePromise<Denial | undefined> {
  if (isPromise(decision)) return denialLater(guard, decision, context);
  return decision.allowed ? undefined : denialOfGuard(guard, decision, context);
}

const denialLater = async (
  guard: Guard,
  decision: Promise<GuardAnswer>,
  context: GuardContext,
): Promise<Denial | undefined> => denialOfOne(guard, await decision, context);

/** @param decision undefined where there was no resource to ask about */
function denialOfGuard(
  guard: Guard,
  decision: GuardAnswer | undefined,
  context: GuardContext,
): Denial | undefined {
  const { where, action, onDenied, dryRun, isOfValue, terms } = guard;
  if (dryRun) {
    const unnamed = isOfValue ? 'UNAVAILABLE' : 'NOT_PERMITTED';
    context.noteDryRun({
      field: where,
      action,
      resourceType: decision?.resource.type,
      reason: decision?.reason ?? unnamed,
    });
    return undefined;
  }
  if (decision === undefined)
    return { error: isOfValue ? unknowable(terms) : forbidden(terms, action), onDenied };
  return { error: errorOf(guard, decision), onDenied, resource: decision.resource };
}

function errorOf({ fromArguments, terms }: Guard, decision: GuardAnswer): DenialError {
  if (fromArguments && decision.reason === 'INVALID') {
    const what = `The ${decision.resource.type} that the arguments name cannot exist.`;
    return terms.makeError('BAD_USER_INPUT', what);
  }
  return errorOfDenial(decision, terms);
}

/** The error of an answer that does not admit; names no policy. */
export function errorOfDenial(
  { reason, action, resource }: GuardAnswer,
  terms: Pick<GuardTerms, 'makeError'>,
): DenialError {
  if (reason === 'UNAUTHENTICATED') return terms.makeError(reason, 'Sign in to do this.');
  if (reason === 'UNAVAILABLE' || reason === 'INVALID') {
    return terms.makeError('AUTHORIZATION_UNAVAILABLE', 'Whether you may do this could not be decided.', {
      details: { action: action.id, resourceType: resource.type },
    });
  }
  return forbidden(terms, action.id, resource.type);
}

/** What is found cannot be named, so nothing can be asked of it. */
export const unknowable = ({ makeError }: GuardTerms): DenialError =>
  makeError('AUTHORIZATION_UNAVAILABLE', 'Whether you may read this could not be decided.');

function forbidden(
  { makeError }: Pick<GuardTerms, 'makeError'>,
  action: string,
  resourceType?: string,
): DenialError {
  const what = resourceType === undefined ? action : `${action} on ${resourceType}`;
  return makeError('FORBIDDEN', `You may not ${what}.`, {
    details: { action, ...(resourceType === undefined ? {} : { resourceType }) },
  });
}
