import { setMaxListeners } from 'node:events';

import {
  BatchIsAuthorizedCommand,
  IsAuthorizedCommand,
  ValidationException,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';

import { indexEntities, type EntityIndex } from '../cedar/entity-closure.js';
import type { Clock } from '../clock.js';
import { describeRootCause } from '../describe-error.js';
import type { Logger } from '../logger.js';
import type { Randomness } from '../randomness.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Authorizer, Ruling } from './authorizer.js';
import { createAvpCalls, type CallsPerSecond, type Occasion } from './avp-calls.js';
import { matchAnswers, toEntities, toRequest, toRuling } from './avp-wire.js';
import { planCalls, type PlannedCall } from './call-plan.js';
import { CircuitOpenError, createCircuitBreaker } from './circuit-breaker.js';
import { entitySlice } from './entity-slice.js';
import type { Question } from './question.js';

export interface AvpAuthorizerOptions {
  readonly client: Pick<VerifiedPermissionsClient, 'send'>;
  readonly policyStoreId: string;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'integer'>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'engineCalls' | 'engineSeconds' | 'engineQuestions' | 'circuitOpen'>;
  /** Calls of each operation under way at once; further ones wait. */
  readonly concurrency?: number;
  /** Left out where no quota binds. */
  readonly callsPerSecond?: CallsPerSecond | undefined;
  /** So many questions at most are asked one by one instead of together, where the quota has room: a call of one costs less. */
  readonly singlesUpTo?: number;
  /** How often a call is made at most, where it fails in a way that may pass. */
  readonly attempts?: number;
  /** Makes the signal that ends the patience with one attempt, from the moment that it is made; two seconds by default. */
  readonly deadline?: () => AbortSignal;
}

const UNAVAILABLE: Ruling = { kind: 'unavailable' };
const REFUSED: Ruling = { kind: 'invalid', errors: ['The policy store refuses this question.'] };

/**
 * Asks Amazon Verified Permissions, with as few BatchIsAuthorized calls as the planner finds, in parallel; a call of a single
 * question is an IsAuthorized. Should the service refuse a whole call for one question in it, its questions are asked one by
 * one, so that no other suffers.
 */
export function createAvpAuthorizer(options: AvpAuthorizerOptions): Authorizer {
  const { client, policyStoreId, clock, randomness, logger, metrics, callsPerSecond: perSecond } = options;
  const { concurrency = 10, singlesUpTo = 1, attempts = 3 } = options;
  const { deadline = () => AbortSignal.timeout(2_000) } = options;
  const breaker = createCircuitBreaker({
    clock,
    randomness,
    onChange(isOpen) {
      metrics.circuitOpen.set(isOpen ? 1 : 0);
      if (isOpen) logger.error({}, 'Verified Permissions fails: all is denied until it answers again.');
      else logger.warn({}, 'Verified Permissions answers again.');
    },
  });
  const calls = createAvpCalls({
    ...{ breaker, metrics, clock, concurrency, perSecond, attempts, deadline },
  });

  async function askTogether(
    { questions, entities }: Pick<PlannedCall, 'questions' | 'entities'>,
    occasion: Occasion,
  ): Promise<Ruling[]> {
    const requests = questions.map(toRequest);
    const command = new BatchIsAuthorizedCommand({
      policyStoreId,
      entities: toEntities(entities),
      requests,
    });
    const { results } = await calls.make(
      'BatchIsAuthorized',
      (abortSignal) => client.send(command, { abortSignal }),
      occasion,
    );
    const rulings = matchAnswers(requests, results ?? []);
    const unanswered = rulings.filter(({ kind }) => kind === 'unavailable').length;
    if (unanswered > 0) {
      logger.error(
        { questions: questions.length, unanswered },
        'Verified Permissions left questions unanswered.',
      );
    }
    return rulings;
  }

  async function askAlone(question: Question, known: EntityIndex, occasion: Occasion): Promise<Ruling> {
    try {
      const command = new IsAuthorizedCommand({
        policyStoreId,
        entities: toEntities(entitySlice([question], known)),
        ...toRequest(question),
      });
      return toRuling(
        await calls.make('IsAuthorized', (abortSignal) => client.send(command, { abortSignal }), occasion),
      );
    } catch (error) {
      return rule(error, 1);
    }
  }

  /** What a failed call comes to for each of its questions. */
  function rule(error: unknown, questions: number): Ruling {
    if (error instanceof ValidationException) {
      logger.warn(
        { ...describeWithoutMessage(error), questions },
        'Verified Permissions refused a question.',
      );
      return REFUSED;
    }
    // That the circuit is open was said when it opened.
    if (!(error instanceof CircuitOpenError)) {
      logger.error(
        { ...describeWithoutMessage(error), questions },
        'Verified Permissions could not be asked.',
      );
    }
    return UNAVAILABLE;
  }

  async function ask(call: PlannedCall, known: EntityIndex, occasion: Occasion): Promise<readonly Ruling[]> {
    const { questions } = call;
    const askSingly = () => Promise.all(questions.map((question) => askAlone(question, known, occasion)));
    const mayBeSingles =
      questions.length === 1 || (questions.length <= singlesUpTo && questions.length <= calls.freeSingles);
    if (mayBeSingles) return askSingly();
    try {
      return await askTogether(call, occasion);
    } catch (error) {
      if (error instanceof ValidationException) return askSingly();
      const ruling = rule(error, questions.length);
      return questions.map(() => ruling);
    }
  }

  return {
    async authorize(questions, entities, whole = new AbortController().signal) {
      metrics.engineQuestions.inc({ engine: 'avp' }, questions.length);
      const known = indexEntities(entities);
      const rulings: Ruling[] = questions.map(() => UNAVAILABLE);
      const planned = planCalls(questions, known);
      // Each call, and each part of the way that it takes, listens to it.
      setMaxListeners(0, whole);
      await Promise.all(
        planned.map(async (call) => {
          const answers = await ask(call, known, { among: planned.length, deadline: whole });
          for (const [index, place] of call.places.entries()) rulings[place] = answers[index] ?? UNAVAILABLE;
        }),
      );
      return rulings;
    },
  };
}

/** What a log may know of an error: messages of the service can quote attributes, so they stay out. */
function describeWithoutMessage(error: unknown) {
  const { type, code } = describeRootCause(error);
  const metadata =
    error instanceof Error && '$metadata' in error ? (error.$metadata as { requestId?: string }) : {};
  return { error: type, errorCode: code, awsRequestId: metadata.requestId };
}
