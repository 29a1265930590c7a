import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import type { Randomness } from '../../services/randomness.js';
import { createAccessKeyStore, type AccessKeyStore } from './access-key-store.js';
import { faultAnswer, identityAnswer, type AnswerForm, type StsResponse } from './answers.js';
import { accessKeyIdOf, expiryOf, isSignedBy, type SignedRequest } from './presigned-query.js';

export type { StsResponse } from './answers.js';

/** A request as it came. */
export interface StsRequest {
  readonly method: string;
  /** What follows the question mark, undecoded. */
  readonly query: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** As much of AWS's Security Token Service as tells who signed a request: GetCallerIdentity, presigned. */
export interface StsEngine {
  readonly accessKeys: AccessKeyStore;
  answer(request: StsRequest): Promise<StsResponse>;
}

/** AWS keeps no presigned request of STS longer, whatever it says of itself. */
const MAX_LIFETIME_MS = 15 * 60 * 1000;
/** How far AWS lets a clock run ahead. */
const MAX_AHEAD_MS = 5 * 60 * 1000;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html and …/CommonErrors.html */
export function createStsEngine({
  db,
  clock,
  randomness,
}: {
  readonly db: Db;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'uuid'>;
}): StsEngine {
  const accessKeys = createAccessKeyStore(db);

  const isInTime = (request: SignedRequest): boolean => {
    const now = clock.now().getTime();
    const end = expiryOf(request)?.getTime() ?? 0;
    return end > now && end <= now + MAX_LIFETIME_MS + MAX_AHEAD_MS;
  };

  return {
    accessKeys,

    async answer({ method, query, headers }) {
      const form: AnswerForm = { requestId: randomness.uuid(), accept: headers.accept };
      const refuse = (status: number, Code: string, Message: string) =>
        faultAnswer(status, { Code, Message }, form);

      const request: SignedRequest = { method, query: parametersOf(query), headers };
      if (request.query.Action !== 'GetCallerIdentity' || request.query.Version !== '2011-06-15') {
        return refuse(400, 'InvalidAction', 'Could not find such an operation of this version.');
      }
      const id = accessKeyIdOf(request);
      if (id === undefined || request.query['X-Amz-Signature'] === undefined) {
        return refuse(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
      }
      const key = await accessKeys.find(id);
      if (key === undefined) {
        return refuse(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
      }
      if (!isInTime(request)) return refuse(403, 'SignatureDoesNotMatch', 'Signature expired.');
      if (!(await isSignedBy(request, key))) {
        return refuse(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
      }
      return identityAnswer({ Account: key.arn.split(':')[4] ?? '', Arn: key.arn, UserId: key.id }, form);
    },
  };
}

function parametersOf(query: string): Record<string, string | string[]> {
  const parameters: [string, string | string[]][] = [];
  const given = new URLSearchParams(query);
  for (const name of new Set(given.keys())) {
    const values = given.getAll(name);
    parameters.push([name, values.length === 1 ? (values[0] ?? '') : values]);
  }
  return Object.fromEntries(parameters);
}
