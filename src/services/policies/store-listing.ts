import {
  GetPolicyStoreCommand,
  GetSchemaCommand,
  ListPoliciesCommand,
  ListPolicyTemplatesCommand,
  ResourceNotFoundException,
  type PolicyItem,
  type PolicyTemplateItem,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';

import { fingerprint, inOrder } from './policies-in-use.js';
import type { StoreCall } from './store-calls.js';

/** A policy or a template, as a listing has it. */
export interface Listed {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number | undefined;
  /** Another whenever it was written. */
  readonly stamp: string;
}

export interface ListedPolicy extends Listed {
  /** Of which template it is a link. */
  readonly templateId: string | undefined;
}

/** What a policy store holds, without the texts of the policies. */
export interface StoreListing {
  readonly policies: ReadonlyMap<string, ListedPolicy>;
  readonly templates: ReadonlyMap<string, Listed>;
  /** JSON text; undefined where the store has none. */
  readonly schema: string | undefined;
  readonly isStrict: boolean;
  /** The same as long as nothing of all this changes. */
  readonly fingerprint: string;
}

export interface PolicyStoreAccess {
  readonly client: Pick<VerifiedPermissionsClient, 'send'>;
  readonly policyStoreId: string;
  readonly call: StoreCall;
}

/** The most that ListPolicies and ListPolicyTemplates take (API reference). */
const PAGE_SIZE = 50;

/** Lists a policy store. It may change meanwhile: two listings that are alike say that it did not between them. */
export async function listStore(access: PolicyStoreAccess, signal: AbortSignal): Promise<StoreListing> {
  const [policies, templates, schema, isStrict] = await Promise.all([
    listPolicies(access, signal),
    listTemplates(access, signal),
    readSchema(access, signal),
    readIsStrict(access, signal),
  ]);
  const stamps = (listed: ReadonlyMap<string, Listed>) =>
    [...listed.values()].map(({ id, stamp }) => [id, stamp]);
  return {
    policies,
    templates,
    schema,
    isStrict,
    fingerprint: fingerprint([stamps(policies), stamps(templates), schema ?? null, isStrict]),
  };
}

async function listPolicies(
  { client, policyStoreId, call }: PolicyStoreAccess,
  signal: AbortSignal,
): Promise<Map<string, ListedPolicy>> {
  const listed: [string, ListedPolicy][] = [];
  let nextToken: string | undefined;
  do {
    const command = new ListPoliciesCommand({ policyStoreId, maxResults: PAGE_SIZE, nextToken });
    const page = await call(signal, (abortSignal) => client.send(command, { abortSignal }));
    for (const item of page.policies ?? []) listed.push([requireId(item.policyId), toListedPolicy(item)]);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return inOrder(listed);
}

async function listTemplates(
  { client, policyStoreId, call }: PolicyStoreAccess,
  signal: AbortSignal,
): Promise<Map<string, Listed>> {
  const listed: [string, Listed][] = [];
  let nextToken: string | undefined;
  do {
    const command = new ListPolicyTemplatesCommand({ policyStoreId, maxResults: PAGE_SIZE, nextToken });
    const page = await call(signal, (abortSignal) => client.send(command, { abortSignal }));
    for (const item of page.policyTemplates ?? []) {
      listed.push([requireId(item.policyTemplateId), toListedTemplate(item)]);
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return inOrder(listed);
}

/** @throws ResourceNotFoundException where there is no such store */
async function readSchema(
  { client, policyStoreId, call }: PolicyStoreAccess,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const command = new GetSchemaCommand({ policyStoreId });
    return (await call(signal, (abortSignal) => client.send(command, { abortSignal }))).schema;
  } catch (error) {
    if (error instanceof ResourceNotFoundException && error.resourceType === 'SCHEMA') return undefined;
    throw error;
  }
}

async function readIsStrict(
  { client, policyStoreId, call }: PolicyStoreAccess,
  signal: AbortSignal,
): Promise<boolean> {
  const command = new GetPolicyStoreCommand({ policyStoreId });
  const { validationSettings } = await call(signal, (abortSignal) => client.send(command, { abortSignal }));
  // What cannot be told is validated: that admits less.
  return validationSettings?.mode !== 'OFF';
}

function toListedPolicy(item: PolicyItem): ListedPolicy {
  const { policyId, policyType, effect, principal, resource, actions, definition, lastUpdatedDate } = item;
  const id = requireId(policyId);
  const updatedAt = lastUpdatedDate?.getTime();
  const templateId = definition?.templateLinked?.policyTemplateId;
  const stamp = fingerprint([updatedAt, policyType, templateId, effect, principal, resource, actions]);
  return { id, updatedAt, stamp, templateId };
}

function toListedTemplate({ policyTemplateId, lastUpdatedDate }: PolicyTemplateItem): Listed {
  const updatedAt = lastUpdatedDate?.getTime();
  return { id: requireId(policyTemplateId), updatedAt, stamp: fingerprint([updatedAt]) };
}

function requireId(id: string | undefined): string {
  if (id === undefined) throw new TypeError('Verified Permissions listed something without an id.');
  return id;
}
