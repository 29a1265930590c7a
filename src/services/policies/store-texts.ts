import {
  BatchGetPolicyCommand,
  GetPolicyTemplateCommand,
  type BatchGetPolicyOutputItem,
  type EntityIdentifier,
} from '@aws-sdk/client-verifiedpermissions';

import { parseTemplate, type PolicyTemplate, type SlotValues } from '../cedar/policy-template.js';
import type { KeptPolicy } from './policies-in-use.js';
import type { Listed, ListedPolicy, PolicyStoreAccess, StoreListing } from './store-listing.js';

interface StoredTemplate {
  readonly stamp: string;
  readonly template: PolicyTemplate;
  readonly description?: string;
}

/** A policy as it is stored: a text of its own, or a link of a template with what fills its slots. */
type StoredPolicy = { readonly stamp: string } & (
  | { readonly kind: 'static'; readonly policy: KeptPolicy }
  | { readonly kind: 'linked'; readonly templateId: string; readonly values: SlotValues }
);

/** The texts of a store's policies, each read once as long as it does not change. */
export interface StoreTexts {
  /**
   * The policies of a listing; undefined when one of them could not be had as it was listed. What was read is kept for the
   * next try.
   * @throws CedarPolicyError where a template does not parse, or a link does not fit its template
   */
  read(listing: StoreListing, signal: AbortSignal): Promise<ReadonlyMap<string, KeptPolicy> | undefined>;
}

/** The most that BatchGetPolicy takes (API reference). */
const POLICIES_PER_CALL = 100;

export function createStoreTexts({ client, policyStoreId, call }: PolicyStoreAccess): StoreTexts {
  const policies = new Map<string, StoredPolicy>();
  const templates = new Map<string, StoredTemplate>();
  /** Links with their slots filled, by the policy and its template. */
  let filled = new Map<StoredPolicy, { readonly from: StoredTemplate; readonly policy: KeptPolicy }>();

  async function fetchPolicies(listed: readonly ListedPolicy[], signal: AbortSignal): Promise<void> {
    const requests = listed.map(({ id: policyId }) => ({ policyStoreId, policyId }));
    const command = new BatchGetPolicyCommand({ requests });
    const { results } = await call(signal, (abortSignal) => client.send(command, { abortSignal }));
    const found = new Map((results ?? []).map((item) => [item.policyId, item]));
    for (const wanted of listed) {
      const stored = toStored(wanted, found.get(wanted.id));
      if (stored !== undefined) policies.set(wanted.id, stored);
    }
  }

  async function fetchTemplate({ id, stamp, updatedAt }: Listed, signal: AbortSignal): Promise<void> {
    const command = new GetPolicyTemplateCommand({ policyStoreId, policyTemplateId: id });
    const answer = await call(signal, (abortSignal) => client.send(command, { abortSignal }));
    const { statement, description, lastUpdatedDate } = answer;
    if (statement === undefined || lastUpdatedDate?.getTime() !== updatedAt) return;
    const template = parseTemplate({ id, statement });
    templates.set(id, { stamp, template, ...(description !== undefined && { description }) });
  }

  /** The policy with its slots filled, the same object as long as neither it nor its template changes. */
  function complete(id: string, stored: StoredPolicy): KeptPolicy | undefined {
    if (stored.kind === 'static') return stored.policy;
    const from = templates.get(stored.templateId);
    if (from === undefined) return undefined;
    const known = filled.get(stored);
    if (known?.from === from) return known.policy;
    const { template, description } = from;
    const { values } = stored;
    const { statement } = template.link(id, values);
    const policy = { id, statement, template, values, ...(description !== undefined && { description }) };
    filled.set(stored, { from, policy });
    return policy;
  }

  function forgetAllBut(listing: StoreListing): void {
    for (const id of policies.keys()) if (!listing.policies.has(id)) policies.delete(id);
    for (const id of templates.keys()) if (!listing.templates.has(id)) templates.delete(id);
    const kept = new Set(policies.values());
    filled = new Map([...filled].filter(([stored]) => kept.has(stored)));
  }

  return {
    async read(listing, signal) {
      forgetAllBut(listing);
      const isNew = (known: ReadonlyMap<string, { stamp: string }>) => (listed: Listed) =>
        known.get(listed.id)?.stamp !== listed.stamp;
      const linked = new Set([...listing.policies.values()].map(({ templateId }) => templateId));
      await Promise.all([
        ...chunks([...listing.policies.values()].filter(isNew(policies)), POLICIES_PER_CALL).map((chunk) =>
          fetchPolicies(chunk, signal),
        ),
        ...[...listing.templates.values()]
          .filter(({ id }) => linked.has(id))
          .filter(isNew(templates))
          .map((template) => fetchTemplate(template, signal)),
      ]);
      const read = new Map<string, KeptPolicy>();
      for (const [id, { stamp, templateId }] of listing.policies) {
        const stored = policies.get(id);
        if (stored?.stamp !== stamp) return undefined;
        const template = templateId === undefined ? undefined : listing.templates.get(templateId);
        if (templateId !== undefined && templates.get(templateId)?.stamp !== template?.stamp)
          return undefined;
        const policy = complete(id, stored);
        if (policy === undefined) return undefined;
        read.set(id, policy);
      }
      return read;
    },
  };
}

/** What was fetched, if it is what was listed: writes take a while to be seen everywhere. */
function toStored(
  { id, stamp, updatedAt }: ListedPolicy,
  item: BatchGetPolicyOutputItem | undefined,
): StoredPolicy | undefined {
  if (item?.definition === undefined || item.lastUpdatedDate?.getTime() !== updatedAt) return undefined;
  const { static: own, templateLinked: link } = item.definition;
  if (own?.statement !== undefined) {
    const { statement, description } = own;
    const policy = { id, statement, ...(description !== undefined && { description }) };
    return { kind: 'static', stamp, policy };
  }
  if (link?.policyTemplateId === undefined) return undefined;
  const { policyTemplateId: templateId, principal, resource } = link;
  const values = {
    ...(principal && { principal: toUid(principal) }),
    ...(resource && { resource: toUid(resource) }),
  };
  return { kind: 'linked', stamp, templateId, values };
}

const toUid = ({ entityType = '', entityId = '' }: EntityIdentifier) => ({ type: entityType, id: entityId });

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
