import { isDeepStrictEqual } from 'node:util';

import {
  CreatePolicyCommand,
  CreatePolicyStoreCommand,
  DeletePolicyCommand,
  DeletePolicyTemplateCommand,
  GetPolicyCommand,
  GetPolicyTemplateCommand,
  GetSchemaCommand,
  PutSchemaCommand,
  ResourceNotFoundException,
  paginateListPolicies,
  paginateListPolicyTemplates,
  paginateListPolicyStores,
} from '@aws-sdk/client-verifiedpermissions';
import type { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

import { cedarEngine } from '../services/cedar/engine.js';
import type { FilePolicy, PolicyFolder } from '../services/cedar/policy-files.js';
import {
  CedarPolicyError,
  parseStatement,
  parseTemplateStatement,
} from '../services/cedar/policy-statement.js';
import type { CedarSchema } from '../services/cedar/schema.js';
import type { Logger } from '../services/logger.js';

/** What a policy store shall hold, as `readPolicyFolder` reads it. */
export type PolicySet = Pick<PolicyFolder, 'policies'> & { readonly schema: Pick<CedarSchema, 'json'> };

type Effect = 'permit' | 'forbid';

interface Provisioning {
  readonly client: VerifiedPermissionsClient;
  readonly policies: PolicySet;
  readonly logger: Pick<Logger, 'info'>;
}

export interface ProvisionedPolicyStore {
  readonly policyStoreId: string;
  /** Whether anything had to be written, so that what was decided before may be wrong. */
  readonly hasChanged: boolean;
}

interface StoredPolicy {
  readonly policyId: string;
  readonly statement: string;
  readonly effect: Effect;
}

interface StoredTemplate {
  readonly policyTemplateId: string;
  readonly effect: Effect;
}

/** Stores have no name: this description stands for one. */
const STORE_DESCRIPTION = 'portcullis';

/** What Verified Permissions takes beside a policy; the whole description is in its text. */
const MAX_DESCRIPTION = 150;

/** The policy store, holding exactly the schema and the policies given: whatever else is in it is deleted, templates included. */
export async function provisionPolicyStore(provisioning: Provisioning): Promise<ProvisionedPolicyStore> {
  const { client } = provisioning;
  const policyStoreId = (await findStore(client)) ?? (await createStore(client));
  return { policyStoreId, hasChanged: await synchronise(provisioning, policyStoreId) };
}

async function findStore(client: VerifiedPermissionsClient): Promise<string | undefined> {
  const found: { id: string; createdAt: number }[] = [];
  for await (const { policyStores = [] } of paginateListPolicyStores({ client }, {})) {
    for (const { policyStoreId: id, description, createdDate } of policyStores) {
      if (id !== undefined && description === STORE_DESCRIPTION) {
        found.push({ id, createdAt: createdDate?.getTime() ?? 0 });
      }
    }
  }
  found.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  return found[0]?.id;
}

async function createStore(client: VerifiedPermissionsClient): Promise<string> {
  const { policyStoreId } = await client.send(
    new CreatePolicyStoreCommand({ validationSettings: { mode: 'STRICT' }, description: STORE_DESCRIPTION }),
  );
  if (policyStoreId === undefined) throw new TypeError('CreatePolicyStore answered without policyStoreId.');
  return policyStoreId;
}

/**
 * Goes from the old policies to the new without a moment that allows what neither of them allows: permits that go are
 * gone before anything else changes, forbids that go stay until all that is new is there. A run that is cut short
 * leaves a store that allows less, and the next run ends the work.
 *
 * @returns whether anything was written
 */
async function synchronise(
  { client, policies: wanted, logger }: Provisioning,
  storeId: string,
): Promise<boolean> {
  const { schema, policies } = wanted;
  const [stored, templates, schemaStays] = await Promise.all([
    readPolicies(client, storeId),
    readTemplates(client, storeId),
    hasSchema(client, storeId, schema.json),
  ]);
  const statements = new Set(policies.map(({ statement }) => statement));
  const kept = new Set<string>();
  const stale = stored.filter(({ statement, effect }) => {
    // A new schema may give an old permit a wider meaning, so no permit outlives the schema it was written for.
    const stays = statements.has(statement) && !kept.has(statement) && (schemaStays || effect === 'forbid');
    if (stays) kept.add(statement);
    return !stays;
  });
  const missing = policies
    .filter(({ statement }) => !kept.has(statement))
    .map((policy) => ({ ...policy, effect: effectOf(policy) }));

  await deletePolicies(client, storeId, stale, 'permit');
  await deleteTemplates(client, storeId, templates, 'permit');
  if (!schemaStays) await putSchema(client, storeId, schema.json);
  await createPolicies(client, storeId, missing, 'forbid');
  await createPolicies(client, storeId, missing, 'permit');
  await deletePolicies(client, storeId, stale, 'forbid');
  await deleteTemplates(client, storeId, templates, 'forbid');
  const deleted = stale.length + templates.length;
  const policiesChanged = missing.length + deleted > 0;
  if (policiesChanged) {
    logger.info(
      { created: missing.map(({ id }) => id), deleted, unchanged: kept.size },
      'The policy store follows the policy files.',
    );
  }
  return policiesChanged || !schemaStays;
}

/** The static ones. Those that are linked to a template go with it. */
async function readPolicies(
  client: VerifiedPermissionsClient,
  policyStoreId: string,
): Promise<StoredPolicy[]> {
  const ids: string[] = [];
  const filter = { policyType: 'STATIC' } as const;
  for await (const page of paginateListPolicies({ client }, { policyStoreId, filter, maxResults: 50 })) {
    for (const { policyId } of page.policies ?? []) if (policyId !== undefined) ids.push(policyId);
  }
  return Promise.all(
    ids.map(async (policyId) => {
      const { definition, effect } = await client.send(new GetPolicyCommand({ policyStoreId, policyId }));
      return {
        policyId,
        statement: definition?.static?.statement ?? '',
        // What cannot be told is treated as what can do harm.
        effect: effect === 'Forbid' ? 'forbid' : 'permit',
      };
    }),
  );
}

async function readTemplates(
  client: VerifiedPermissionsClient,
  policyStoreId: string,
): Promise<StoredTemplate[]> {
  const ids: string[] = [];
  for await (const page of paginateListPolicyTemplates({ client }, { policyStoreId, maxResults: 50 })) {
    for (const { policyTemplateId } of page.policyTemplates ?? []) {
      if (policyTemplateId !== undefined) ids.push(policyTemplateId);
    }
  }
  return Promise.all(
    ids.map(async (policyTemplateId) => {
      const command = new GetPolicyTemplateCommand({ policyStoreId, policyTemplateId });
      const { statement = '' } = await client.send(command);
      const parsed = parseTemplateStatement({ id: policyTemplateId, statement }, cedarEngine);
      // What cannot be told is treated as what can do harm.
      return { policyTemplateId, effect: parsed.ok ? parsed.json.effect : 'permit' };
    }),
  );
}

async function hasSchema(
  client: VerifiedPermissionsClient,
  policyStoreId: string,
  schema: string,
): Promise<boolean> {
  try {
    const stored = await client.send(new GetSchemaCommand({ policyStoreId }));
    return stored.schema !== undefined && isDeepStrictEqual(JSON.parse(stored.schema), JSON.parse(schema));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

function effectOf({ id, statement }: FilePolicy): Effect {
  const parsed = parseStatement({ id, statement }, cedarEngine);
  if (!parsed.ok) throw new CedarPolicyError([parsed.issue]);
  return parsed.json.effect;
}

const putSchema = (client: VerifiedPermissionsClient, policyStoreId: string, cedarJson: string) =>
  client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson } }));

const createPolicies = (
  client: VerifiedPermissionsClient,
  policyStoreId: string,
  policies: readonly (FilePolicy & { readonly effect: Effect })[],
  effect: Effect,
) =>
  Promise.all(
    policies
      .filter((policy) => policy.effect === effect)
      .map(({ statement, description }) => {
        const definition = { static: { statement, description: description.slice(0, MAX_DESCRIPTION) } };
        return client.send(new CreatePolicyCommand({ policyStoreId, definition }));
      }),
  );

const deletePolicies = (
  client: VerifiedPermissionsClient,
  policyStoreId: string,
  policies: readonly StoredPolicy[],
  effect: Effect,
) =>
  Promise.all(
    policies
      .filter((policy) => policy.effect === effect)
      .map(({ policyId }) => client.send(new DeletePolicyCommand({ policyStoreId, policyId }))),
  );

/** And with each the policies that are linked to it. */
const deleteTemplates = (
  client: VerifiedPermissionsClient,
  policyStoreId: string,
  templates: readonly StoredTemplate[],
  effect: Effect,
) =>
  Promise.all(
    templates
      .filter((template) => template.effect === effect)
      .map(({ policyTemplateId }) =>
        client.send(new DeletePolicyTemplateCommand({ policyStoreId, policyTemplateId })),
      ),
  );
