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

/** One text for each question that was found well-formed, so that it serves as a key. */
export const questionKey = ({ principal, action, resource, context, resourceAttributes }: Question): string =>
  `${formatUid(principal)} ${formatUid(action)} ${formatUid(resource)} ${canonicalJson(context)} ${
    resourceAttributes === undefined ? '' : canonicalJson(resourceAttributes)
  }`;
