import type { CedarRecord, EntityUid } from '../cedar/values.js';

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
