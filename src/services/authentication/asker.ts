import { serviceUid, userUid } from '../authorization/names.js';
import type { EntityUid } from '../authorization/question.js';
import type { AskerFacts } from '../authorization/service-context.js';
import type { ServiceCaller } from '../service-callers/service-caller.js';
import type { Viewer } from './viewer.js';

/** Whoever a request runs for: a signed-in person, or a service. */
export type Asker = Viewer | ServiceCaller;

export const isService = (asker: Asker): asker is ServiceCaller => !('userId' in asker);

/** Whom the policies know the asker as. */
export const principalOf = (asker: Asker): EntityUid =>
  isService(asker) ? serviceUid(asker.id) : userUid(asker.userId);

/** What is known of how the asker got in. */
export const factsOf = (asker: Asker): AskerFacts =>
  isService(asker) ? { scopes: asker.scopes } : { mfaAuthenticated: asker.session.mfaAuthenticated };

/** When the credential ends by which they ask. */
export const credentialEndOf = (asker: Asker): Date =>
  isService(asker) ? asker.expiresAt : asker.tokenExpiresAt;
