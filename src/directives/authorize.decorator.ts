import { Directive } from 'type-graphql';

import type { IdentityAction } from '../services/authorization/actions.js';
import { authorizeText, type AuthorizeUsage } from './authorize.directive.js';

/** Puts `@authorize` on a type-graphql class or field; the action must be one of this service's own. */
export const Authorize = (usage: AuthorizeUsage & { action: IdentityAction }) =>
  Directive(authorizeText(usage));
