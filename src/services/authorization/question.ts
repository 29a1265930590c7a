import { collectUids } from '../cedar/entity-closure.js';
import { formatUid, type CedarRecord, type EntityUid } from '../cedar/values.js';
import { canonicalJson } from './canonical-json.js';

export type { CedarEntity, CedarRecord, CedarValue, EntityUid } from '../cedar/values.js';
export { formatUid as uidText } from '../cedar/values.js';

/** One fully qualified question: may this principal do this action to this resource, in this context? */
export interface Question {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
  /** Attributes of a resource that the service does not store, brought by the asker. */
  readonly resourceAttributes?: CedarRecord;
}

/** What is asked of whatever resource: one text for each that is well-formed, so that it serves as a key. */
export const inquiryText = ({ principal, action, context }: Omit<Question, 'resource'>): string =>
  `${formatUid(principal)} ${formatUid(action)} ${canonicalJson(context)}`;

/** The rest of a question, likewise. */
export const resourceText = ({
  resource,
  resourceAttributes,
}: Pick<Question, 'resource' | 'resourceAttributes'>): string =>
  resourceAttributes === undefined
    ? formatUid(resource)
    : `${formatUid(resource)} ${canonicalJson(resourceAttributes)}`;

/** Entities in the context and in what is brought of the resource, as often as they are there: policies may go on to them. */
export function namedBeside({
  context,
  resourceAttributes,
}: Pick<Question, 'context' | 'resourceAttributes'>): readonly EntityUid[] {
  const named: EntityUid[] = [];
  for (const record of [context, resourceAttributes]) {
    if (record !== undefined) collectUids(record, (uid) => named.push(uid));
  }
  return named;
}
