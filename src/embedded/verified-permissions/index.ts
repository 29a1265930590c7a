import type { CedarEngine } from '../../services/cedar/engine.js';
import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import type { Logger } from '../../services/logger.js';
import type { Randomness } from '../../services/randomness.js';
import type { ServiceDescription } from '../service-description.js';
import { createCompiledStores } from './compiled-stores.js';
import type { Context } from './context.js';
import { batchGetPolicy } from './operations/batch-get-policy.js';
import { batchIsAuthorized } from './operations/batch-is-authorized.js';
import { createPolicy } from './operations/create-policy.js';
import { createPolicyStore } from './operations/create-policy-store.js';
import { createPolicyTemplate } from './operations/create-policy-template.js';
import { deletePolicy } from './operations/delete-policy.js';
import { deletePolicyStore } from './operations/delete-policy-store.js';
import { deletePolicyTemplate } from './operations/delete-policy-template.js';
import { getPolicy } from './operations/get-policy.js';
import { getPolicyStore } from './operations/get-policy-store.js';
import { getPolicyTemplate } from './operations/get-policy-template.js';
import { getSchema } from './operations/get-schema.js';
import { isAuthorized } from './operations/is-authorized.js';
import { listPolicies } from './operations/list-policies.js';
import { listPolicyStores } from './operations/list-policy-stores.js';
import { listPolicyTemplates } from './operations/list-policy-templates.js';
import { putSchema } from './operations/put-schema.js';
import { updatePolicy } from './operations/update-policy.js';
import { updatePolicyStore } from './operations/update-policy-store.js';
import { updatePolicyTemplate } from './operations/update-policy-template.js';

export interface VerifiedPermissionsEngineOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** What decides; the one of this process when left out. */
  readonly cedar?: CedarEngine;
}

export interface VerifiedPermissionsEngine {
  /** To be answered in-process (`inProcessRequestHandler`) or over HTTP. */
  readonly service: ServiceDescription;
}

/** Amazon Verified Permissions on a database of one's own, with Cedar's own engine. Several may share a database. */
export function createVerifiedPermissionsEngine({
  db,
  clock,
  randomness,
  logger,
  cedar,
}: VerifiedPermissionsEngineOptions): VerifiedPermissionsEngine {
  const context: Context = { db, clock, randomness, compiledStores: createCompiledStores(db, cedar) };
  return {
    service: {
      targetPrefix: 'VerifiedPermissions',
      contentType: 'application/x-amz-json-1.0',
      dates: 'iso-8601',
      internalError: 'InternalServerException',
      logger,
      randomness,
      operations: {
        CreatePolicyStore: createPolicyStore(context),
        GetPolicyStore: getPolicyStore(context),
        ListPolicyStores: listPolicyStores(context),
        UpdatePolicyStore: updatePolicyStore(context),
        DeletePolicyStore: deletePolicyStore(context),
        PutSchema: putSchema(context),
        GetSchema: getSchema(context),
        CreatePolicy: createPolicy(context),
        GetPolicy: getPolicy(context),
        BatchGetPolicy: batchGetPolicy(context),
        ListPolicies: listPolicies(context),
        UpdatePolicy: updatePolicy(context),
        DeletePolicy: deletePolicy(context),
        CreatePolicyTemplate: createPolicyTemplate(context),
        GetPolicyTemplate: getPolicyTemplate(context),
        ListPolicyTemplates: listPolicyTemplates(context),
        UpdatePolicyTemplate: updatePolicyTemplate(context),
        DeletePolicyTemplate: deletePolicyTemplate(context),
        IsAuthorized: isAuthorized(context),
        BatchIsAuthorized: batchIsAuthorized(context),
      },
    },
  };
}
