import type { RequestContext } from '../context.js';
import { badUserInput } from '../errors.js';
import type { CedarRecord, EntityUid } from '../services/authorization/question.js';
import { parseUid } from '../services/cedar/parse-uid.js';

/** An entity of another subgraph, as its representation tells of it. */
export interface ResourceRecord {
  readonly uid: EntityUid;
  readonly cedarUid: string;
  readonly cedarAttributes: CedarRecord | null;
  /** Does a gateway that has proved itself say so? Then its attributes are what a subgraph has told. */
  readonly isProven: boolean;
}

/** Of a uid as text: type and id have 200 characters each at most, and each of those may be escaped. */
const MAX_UID_LENGTH = 3_000;

/**
 * Takes an entity of another subgraph as a representation brings it.
 *
 * @throws PortcullisError (as a rejection: a throw would fail all representations) BAD_USER_INPUT where it has not its key
 */
export async function resolveResourceReference(
  { cedarUid, cedarAttributes }: Readonly<Record<string, unknown>>,
  context: RequestContext,
): Promise<ResourceRecord> {
  const isText = typeof cedarUid === 'string' && cedarUid.length <= MAX_UID_LENGTH;
  const uid = isText ? parseUid(cedarUid) : undefined;
  if (!isText || uid === undefined || !isRecordOrNothing(cedarAttributes)) {
    throw badUserInput('The representation names no entity by cedarUid and cedarAttributes.', {
      argument: 'representations',
    });
  }
  return {
    uid,
    cedarUid,
    cedarAttributes: cedarAttributes ?? null,
    isProven: context.isFromGateway,
  };
}

/** What is in it, the decision loader screens. */
const isRecordOrNothing = (value: unknown): value is CedarRecord | null | undefined =>
  value === null || value === undefined || (typeof value === 'object' && !Array.isArray(value));
