import { CedarPolicyError } from '../../services/cedar/policy-statement.js';
import { instantiateTemplate } from '../../services/cedar/policy-template.js';
import { validatePolicies } from '../../services/cedar/policy-validation.js';
import { parseSchema } from '../../services/cedar/schema.js';
import { invalid, validationException } from './exceptions.js';
import type { PolicyTemplateRow } from './policy-templates.js';
import { valuesOf, type SlotIdentifiers } from './slot-values.js';
import type { StoreRow } from './stores.js';

/**
 * Do these values fit the slots of the template, and make of it a policy that the store's schema admits where the store is
 * STRICT?
 * @throws AwsServiceError ValidationException
 * @throws CedarUnavailableError
 */
export function checkLink(
  store: StoreRow,
  id: string,
  template: PolicyTemplateRow,
  identifiers: SlotIdentifiers,
): void {
  const path = 'definition.templateLinked';
  const issues = [];
  try {
    const statement = instantiateTemplate(template.statement, valuesOf(identifiers));
    if (store.validationMode === 'STRICT') {
      if (store.schema === null)
        throw invalid(path, 'a STRICT policy store takes no policy before it has a schema.');
      issues.push(...validatePolicies([{ id, statement }], parseSchema(store.schema)).errors);
    }
  } catch (error) {
    if (!(error instanceof CedarPolicyError)) throw error;
    issues.push(...error.issues);
  }
  if (issues.length === 0) return;
  throw validationException(issues.map(({ message }) => ({ path, message })));
}
