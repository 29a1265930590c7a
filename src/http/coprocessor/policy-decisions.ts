import { RequestContext } from '../../context.js';
import {
  credentialEndOf,
  factsOf,
  isService,
  principalOf,
  type Asker,
} from '../../services/authentication/asker.js';
import type { Credential } from '../../services/authentication/viewer.js';
import { untilAborted } from '../../services/authorization/deadline.js';
import type { DecisionReason } from '../../services/authorization/decision.js';
import { isIdentityType } from '../../services/authorization/names.js';
import { parsePolicy } from '../../services/authorization/policy-text.js';
import type { Services } from '../../services/index.js';
import { UNKNOWN_CLIENT } from '../../services/sessions/session.js';
import type { PolicyOutcome } from '../../services/telemetry/metrics.js';

/** What is decided for one request of a router. */
export interface PolicyDecisions {
  /** Each policy that was asked for: granted or not. */
  readonly granted: ReadonlyMap<string, boolean>;
  /** Who is signed in; undefined for nobody, and where that could not be told in time. */
  readonly asker: Asker | undefined;
}

export interface PolicyDeciderOptions {
  readonly services: Services;
  /** Makes the signal at which whatever is not decided is denied. */
  readonly deadline: () => AbortSignal;
}

/** Decides policies for whoever an Authorization header names. It never rejects: what cannot be decided is denied. */
export type DecidePolicies = (
  policies: readonly string[],
  authorization: string | undefined,
  requestId: string,
) => Promise<PolicyDecisions>;

/** As many as the checks of one query. */
const MAX_POLICIES = 1_000;
/** How many policies that make no sense are logged, each once. */
const MAX_REPORTED = 1_000;
/** How much of one is logged. */
const REPORTED_LENGTH = 200;

const OUTCOMES: Readonly<Record<DecisionReason, PolicyOutcome>> = {
  PERMITTED: 'granted',
  FORBIDDEN: 'denied',
  NOT_PERMITTED: 'denied',
  INVALID: 'invalid',
  UNAVAILABLE: 'unavailable',
};

export function createPolicyDecider({ services, deadline }: PolicyDeciderOptions): DecidePolicies {
  const { logger, metrics } = services;
  const reported = new Set<string>();

  const report = (policy: string) => {
    if (reported.has(policy) || reported.size >= MAX_REPORTED) return;
    reported.add(policy);
    logger.warn(
      { policy: policy.slice(0, REPORTED_LENGTH) },
      'A policy of a router asks nothing that could be decided, and is denied.',
    );
  };

  const outcomeOf = async (policy: string, asker: Asker, context: RequestContext): Promise<PolicyOutcome> => {
    const question = parsePolicy(policy);
    if (question === undefined) return 'invalid';
    const { reason } = await context.decisions.decide(
      {
        ...question,
        principal: principalOf(asker),
        context: {},
        // Nobody tells of an entity of others what the policies may rest on: where its type has to have attributes, it is denied.
        ...(!isIdentityType(question.resource.type) && { resourceAttributes: {} }),
      },
      { asker: factsOf(asker), notAfter: credentialEndOf(asker) },
    );
    return OUTCOMES[reason];
  };

  return async (policies, authorization, requestId) => {
    const isTooMany = policies.length > MAX_POLICIES;
    if (isTooMany)
      logger.warn({ requestId, policies: policies.length }, 'A router asks for too many policies.');
    const outcomes = new Map<string, PolicyOutcome>();
    let asker: Asker | undefined;
    await untilAborted(deadline(), async () => {
      // Where a session is used from is for the request to a subgraph to tell: this one is the router's own.
      const credential = await services.authentication.authenticate(authorization, UNKNOWN_CLIENT);
      asker = askerOf(credential);
      const all = (outcome: PolicyOutcome) => policies.forEach((policy) => outcomes.set(policy, outcome));
      if (isTooMany) return all('invalid');
      if (asker === undefined) return all(isUnjudged(credential) ? 'unavailable' : 'anonymous');
      const [signedIn, context] = [
        asker,
        new RequestContext(services, requestId, UNKNOWN_CLIENT, credential),
      ];
      await Promise.all(
        policies.map(async (policy) => outcomes.set(policy, await outcomeOf(policy, signedIn, context))),
      );
    }).catch((error: unknown) =>
      logger.debug({ err: error, requestId }, 'Policies were not decided in time.'),
    );

    const granted = new Map<string, boolean>();
    let unavailable = 0;
    for (const policy of policies) {
      const outcome = outcomes.get(policy) ?? 'unavailable';
      granted.set(policy, outcome === 'granted');
      metrics.routerPolicies.inc({ outcome });
      if (outcome === 'unavailable') unavailable += 1;
      if (outcome === 'invalid' && !isTooMany) report(policy);
    }
    if (unavailable > 0) {
      logger.warn(
        { requestId, policies: unavailable },
        'Policies of a router could not be decided, and are denied.',
      );
    }
    return { granted, asker };
  };
}

function askerOf(credential: Credential): Asker | undefined {
  if (credential.kind === 'viewer') return credential.viewer;
  return credential.kind === 'service' ? credential.service : undefined;
}

const isUnjudged = (credential: Credential): boolean =>
  credential.kind === 'rejected' &&
  !('code' in credential.error && credential.error.code === 'UNAUTHENTICATED');

/** Who is signed in, in the words of JWT (RFC 7519, section 4.1.2) and of OAuth's scopes (RFC 8693, section 4.2). */
export const claimsOf = (asker: Asker): Readonly<Record<string, string>> =>
  isService(asker) ? { sub: asker.id, scope: asker.scopes.join(' ') } : { sub: asker.userId };
