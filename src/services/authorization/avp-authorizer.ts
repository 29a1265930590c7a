import {
  BatchIsAuthorizedCommand,
  IsAuthorizedCommand,
  ValidationException,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';
import pLimit, { type LimitFunction } from 'p-limit';

import { indexEntities, type EntityIndex } from '../cedar/entity-closure.js';
import { describeRootCause } from '../describe-error.js';
import type { Logger } from '../logger.js';
import type { Authorizer, Ruling } from './authorizer.js';
import { matchAnswers, toEntities, toRequest, toRuling } from './avp-wire.js';
import { planBatches } from './batch-planner.js';
import { separateDescriptions } from './brought-attributes.js';
import { untilAborted } from './deadline.js';
import { entitySlice } from './entity-slice.js';
import type { Question } from './question.js';

export interface AvpAuthorizerOptions {
  readonly client: Pick<VerifiedPermissionsClient, 'send'>;
  readonly policyStoreId: string;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Calls of one `authorize` under way at once; further ones wait. */
  readonly concurrency?: number;
  /** Makes the signal that ends the patience with a call that begins now, retries included; two seconds by default. */
  readonly deadline?: () => AbortSignal;
}

/** What the questions of one `authorize` have in common. */
interface Inquiry {
  readonly known: EntityIndex;
  readonly limit: LimitFunction;
}

const UNAVAILABLE: Ruling = { kind: 'unavailable' };
const REFUSED: Ruling = { kind: 'invalid', errors: ['The policy store refuses this question.'] };

/**
 * Asks Amazon Verified Permissions, with as few BatchIsAuthorized calls as the planner finds, in parallel. Should the service
 * refuse a whole call for one question in it, its questions are asked one by one, so that no other suffers.
 */
export function createAvpAuthorizer({
  client,
  policyStoreId,
  logger,
  concurrency = 10,
  deadline = () => AbortSignal.timeout(2_000),
}: AvpAuthorizerOptions): Authorizer {
  async function askTogether(questions: readonly Question[], { known, limit }: Inquiry): Promise<Ruling[]> {
    const requests = questions.map(toRequest);
    const command = new BatchIsAuthorizedCommand({
      policyStoreId,
      entities: toEntities(entitySlice(questions, known)),
      requests,
    });
    const { results } = await limit(() =>
      untilAborted(deadline(), (abortSignal) => client.send(command, { abortSignal })),
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

  async function askAlone(question: Question, { known, limit }: Inquiry): Promise<Ruling> {
    const command = new IsAuthorizedCommand({
      policyStoreId,
      entities: toEntities(entitySlice([question], known)),
      ...toRequest(question),
    });
    return toRuling(
      await limit(() => untilAborted(deadline(), (abortSignal) => client.send(command, { abortSignal }))),
    );
  }

  /** What a failed call comes to for each of its questions. */
  function rule(error: unknown, questions: number): Ruling {
    const refused = error instanceof ValidationException;
    const fields = { ...describeWithoutMessage(error), questions };
    if (refused) logger.warn(fields, 'Verified Permissions refused a question.');
    else logger.error(fields, 'Verified Permissions could not be asked.');
    return refused ? REFUSED : UNAVAILABLE;
  }

  async function ask(questions: readonly Question[], inquiry: Inquiry): Promise<Ruling[]> {
    try {
      return await askTogether(questions, inquiry);
    } catch (error) {
      if (!(error instanceof ValidationException) || questions.length === 1) {
        const ruling = rule(error, questions.length);
        return questions.map(() => ruling);
      }
    }
    return Promise.all(
      questions.map((question) => askAlone(question, inquiry).catch((error: unknown) => rule(error, 1))),
    );
  }

  return {
    async authorize(questions, entities) {
      const inquiry: Inquiry = { known: indexEntities(entities), limit: pLimit(concurrency) };
      const rulings: Ruling[] = questions.map(() => UNAVAILABLE);
      await Promise.all(
        planCalls(questions).map(async (call) => {
          const answers = await ask(
            call.map(({ question }) => question),
            inquiry,
          );
          for (const [place, { index }] of call.entries()) rulings[index] = answers[place] ?? UNAVAILABLE;
        }),
      );
      return rulings;
    },
  };
}

/** The questions of each call, with their places among all. */
function planCalls(questions: readonly Question[]) {
  const numbered = questions.map((question, index) => ({ question, index }));
  return separateDescriptions(questions).flatMap((indexes) => {
    const part = indexes.flatMap((index) => numbered.slice(index, index + 1));
    const plan = planBatches(part.map(({ question }) => question));
    return plan.map((places) => places.flatMap((place) => part.slice(place, place + 1)));
  });
}

/** What a log may know of an error: messages of the service can quote attributes, so they stay out. */
function describeWithoutMessage(error: unknown) {
  const { type, code } = describeRootCause(error);
  const metadata =
    error instanceof Error && '$metadata' in error ? (error.$metadata as { requestId?: string }) : {};
  return { error: type, errorCode: code, awsRequestId: metadata.requestId };
}
