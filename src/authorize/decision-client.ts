import { randomBytes } from 'node:crypto';

import type { EntityUid } from '../services/authorization/question.js';
import { systemClock, type Clock } from '../services/clock.js';
import { systemRandomness } from '../services/randomness.js';
import { callerOf, type RequestCredential, type RequestWithHeaders } from './caller.js';
import type { ServiceCredential } from './client-credentials.js';
import type { DecisionFailure } from './decision-failure.js';
import { createDecisionService } from './decision-service.js';
import { RememberedVerdicts } from './remembered-verdicts.js';
import { RequestDecisions, type Authorizer } from './request-decisions.js';
import { secureUrl } from './secure-url.js';

export interface DecisionClientOptions {
  /** The GraphQL endpoint of Portcullis. */
  readonly url: string;
  /** Proves this service to Portcullis: `clientCredentials({ … })`, or any function that yields a credential. */
  readonly credential: ServiceCredential;
  /** Milliseconds for the decisions that are asked together, with all attempts to get them: 2,000 unless told otherwise. */
  readonly deadlineMs?: number;
  /** How often they are asked for at most: 3 unless told otherwise. */
  readonly attempts?: number;
  /**
   * Milliseconds for which an answer is remembered in this process, at most 60,000 and never beyond the person's token: 5,000 unless
   * told otherwise. For so long somebody whose session was ended may go on; with 0 nothing is remembered.
   */
  readonly cacheTtlMs?: number;
  /** How many answers are remembered: 10,000 unless told otherwise. */
  readonly cacheEntries?: number;
  /** Lets tokens travel without TLS beyond this machine. */
  readonly allowInsecureHttp?: boolean;
  /** Told why decisions could not be had. A warning of the process, unless told otherwise, for the first of those that are alike. */
  readonly onFailure?: (failure: DecisionFailure) => void;
}

/** Portcullis, as a subgraph asks it. One for the whole process. */
export interface DecisionClient {
  /** The decisions of one request, to be put into its context as `authorization`. */
  forRequest(request: RequestWithHeaders | RequestCredential): Authorizer;
  /** Forgets what was decided for somebody, or for everybody. */
  invalidate(principal?: EntityUid): void;
}

const DEFAULTS = { deadlineMs: 2_000, attempts: 3, cacheTtlMs: 5_000, cacheEntries: 10_000 };
const LONGEST_CACHE_TTL_MS = 60_000;

/** @throws Error where an option makes no sense */
export function createDecisionClient(
  options: DecisionClientOptions,
  clock: Clock = systemClock,
): DecisionClient {
  const { credential, allowInsecureHttp, onFailure = warnOnce() } = options;
  const {
    deadlineMs = DEFAULTS.deadlineMs,
    attempts = DEFAULTS.attempts,
    cacheTtlMs = DEFAULTS.cacheTtlMs,
    cacheEntries = DEFAULTS.cacheEntries,
  } = options;
  const url = secureUrl('url', options.url, allowInsecureHttp);
  requireInteger('deadlineMs', deadlineMs, 1, 60_000);
  requireInteger('attempts', attempts, 1, 10);
  requireInteger('cacheTtlMs', cacheTtlMs, 0, LONGEST_CACHE_TTL_MS);
  requireInteger('cacheEntries', cacheEntries, 1, 10_000_000);
  const randomness = systemRandomness;
  const service = createDecisionService({ url, credential, deadlineMs, attempts, clock, randomness });
  const secret = randomBytes(32);
  const remembered = new RememberedVerdicts({ ttlMs: cacheTtlMs, maxEntries: cacheEntries, secret, clock });
  return {
    forRequest: (request) =>
      new RequestDecisions({ caller: callerOf(request), service, remembered, onFailure }),
    invalidate: (principal) => remembered.invalidate(principal),
  };
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} must be an integer from ${least} to ${most}.`);
  }
}

/** An outage is one piece of news, however many requests it takes down. */
function warnOnce(): (failure: DecisionFailure) => void {
  const told = new Set<string>();
  return ({ kind, message }) => {
    if (told.has(kind)) return;
    told.add(kind);
    process.emitWarning(`Access is denied, since no decisions can be had: ${message}`, {
      type: 'PortcullisWarning',
      code: `PORTCULLIS_${kind}`,
    });
  };
}
