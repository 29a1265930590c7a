import { createHash } from 'node:crypto';

import { PortcullisError } from '../../errors.js';
import { createRemembered } from '../cache/remembered.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { readCallerIdentity } from './caller-identity.js';
import { readPresignedRequest, type PresignedRequest } from './presigned-request.js';
import type { ServiceCaller } from './service-caller.js';
import type { Sts } from './sts.js';

/** Tells which service an IAM principal is, by a request to STS that the principal signed. */
export interface AwsCallers {
  /**
   * @returns undefined where the credential is no good, or proves somebody who is no service
   * @throws PortcullisError UPSTREAM_UNAVAILABLE or UPSTREAM_THROTTLED where STS cannot be asked
   */
  callerOf(token: string): Promise<ServiceCaller | undefined>;
}

export interface AwsCallersDependencies {
  readonly sts: Sts;
  /** Where STS answers, such as `https://sts.eu-west-1.amazonaws.com`: nothing else is ever asked. */
  readonly origins: readonly string[];
  /** Services by the canonical ARN of their role or user. */
  readonly roles: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** IAM knows no scopes of ours: to be named in the configuration is to be let decide. */
const SCOPES: readonly string[] = ['portcullis/decide'];
const MAX_REMEMBERED = 10_000;
/** A refused credential stays refused so long without STS being asked again. */
const REFUSED_FOR_MS = 30_000;
/** Whoever makes credentials up must not have this service flood STS. */
const MAX_UNDER_WAY = 64;

export function createAwsCallers({ sts, origins, roles, clock, logger }: AwsCallersDependencies): AwsCallers {
  // Apart, so that nobody crowds out the services by being refused.
  const proven = createRemembered<ServiceCaller>(clock, MAX_REMEMBERED);
  const refused = createRemembered<true>(clock, MAX_REMEMBERED);
  const underWay = new Map<string, Promise<ServiceCaller | undefined>>();

  const identify = async ({ url, expiresAt }: PresignedRequest): Promise<ServiceCaller | undefined> => {
    const answer = await sts(url).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    const identity = readCallerIdentity(answer);
    if (identity.kind === 'unusable') {
      logger.warn({ status: answer.status }, 'STS gave an answer that proves nothing.');
      throw unavailable();
    }
    if (identity.kind === 'refused') return undefined;
    const id = roles.get(identity.arn);
    if (id === undefined)
      logger.info({ arn: identity.arn }, 'An IAM principal that is no service was refused.');
    return id === undefined ? undefined : { id, scopes: SCOPES, expiresAt };
  };

  const identifyOnce = (key: string, request: PresignedRequest): Promise<ServiceCaller | undefined> => {
    const running = underWay.get(key);
    if (running) return running;
    if (underWay.size >= MAX_UNDER_WAY) throw busy();
    const identifying = identify(request)
      .then((caller) => {
        if (caller) proven.set(key, caller, caller.expiresAt);
        else refused.set(key, true, new Date(clock.now().getTime() + REFUSED_FOR_MS));
        return caller;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, identifying);
    return identifying;
  };

  return {
    async callerOf(token) {
      const request = readPresignedRequest(token, { origins, now: clock.now() });
      if (request === undefined) return undefined;
      const key = createHash('sha256').update(token).digest('base64url');
      const known = proven.get(key);
      if (known || refused.get(key)) return known;
      const caller = await identifyOnce(key, request);
      // STS may have taken longer than the credential had to live.
      return caller && caller.expiresAt > clock.now() ? caller : undefined;
    },
  };
}

const unavailable = (cause?: unknown) =>
  new PortcullisError('UPSTREAM_UNAVAILABLE', 'The credential cannot be checked at the moment.', { cause });

const busy = () =>
  new PortcullisError('UPSTREAM_THROTTLED', 'Too many credentials are being checked at the moment.', {
    retryAfter: 1,
  });
