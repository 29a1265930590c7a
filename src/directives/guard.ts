import { badUserInput, PortcullisError } from '../errors.js';
import type { Asker } from '../services/authentication/asker.js';
import type { Decision } from '../services/authorization/decision.js';
import type { EntityUid } from '../services/authorization/question.js';
import type { GuardContext, Path } from './guard-context.js';
import type { ResourceLocator } from './resource-locator.js';

/** A usage of `@authorize`, made ready when the schema was built. */
export interface Guard {
  readonly action: string;
  readonly locate: ResourceLocator;
  /** Did the caller name the resource? Then a nonsensical one is the caller's fault. */
  readonly fromArguments: boolean;
}

/**
 * Resolves when every guard admits the asker to every resource that it finds.
 *
 * @throws PortcullisError (as a rejection) UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT or AUTHORIZATION_UNAVAILABLE.
 */
export async function requireAdmission(
  guards: readonly Guard[],
  source: unknown,
  args: Readonly<Record<string, unknown>>,
  context: GuardContext,
  path: Path,
): Promise<void> {
  const asker = context.requireAsker(path);
  await Promise.all(
    guards.map(async (guard) => {
      const resources = guard.locate({ source, args, asker });
      if (resources.length === 0) throw forbidden(guard.action);
      await Promise.all(resources.map((resource) => demand(guard, resource, asker, context)));
    }),
  );
}

async function demand(guard: Guard, resource: EntityUid, asker: Asker, context: GuardContext): Promise<void> {
  const decision = await context.ask(asker, guard.action, resource);
  if (guard.fromArguments && decision.reason === 'INVALID') {
    throw badUserInput(`The ${resource.type} that the arguments name cannot exist.`);
  }
  const denial = denialOf(decision);
  if (denial !== undefined) throw denial;
}

/**
 * Resolves when all decisions allow.
 *
 * @throws PortcullisError (as a rejection) FORBIDDEN or AUTHORIZATION_UNAVAILABLE for the first that does not.
 */
export async function requireAllowed(decisions: readonly Promise<Decision>[]): Promise<void> {
  for (const decision of await Promise.all(decisions)) {
    const denial = denialOf(decision);
    if (denial !== undefined) throw denial;
  }
}

/** The error of a decision that does not admit; undefined for one that does. Names no policy. */
export function denialOf(decision: Decision): PortcullisError | undefined {
  if (decision.allowed) return undefined;
  if (decision.reason === 'UNAVAILABLE' || decision.reason === 'INVALID') {
    return new PortcullisError('AUTHORIZATION_UNAVAILABLE', 'Whether you may do this could not be decided.', {
      details: { action: decision.action.id, resourceType: decision.resource.type },
    });
  }
  return forbidden(decision.action.id, decision.resource.type);
}

function forbidden(action: string, resourceType?: string): PortcullisError {
  const what = resourceType === undefined ? action : `${action} on ${resourceType}`;
  return new PortcullisError('FORBIDDEN', `You may not ${what}.`, {
    details: { action, ...(resourceType === undefined ? {} : { resourceType }) },
  });
}
