import {
  CreatePolicyCommand,
  CreatePolicyTemplateCommand,
  DeletePolicyCommand,
  DeletePolicyTemplateCommand,
  ValidationException,
  type PolicyDefinition,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';

import type { EntityUid } from '../src/services/cedar/values.js';
import type { FuzzPolicy } from './policies.js';

/** The made-up policies of a policy store. */
export class WrittenPolicies {
  readonly #all = new Map<string, FuzzPolicy>();
  readonly #templates = new Map<string, string>();

  constructor(
    private readonly client: VerifiedPermissionsClient,
    private readonly policyStoreId: string,
  ) {}

  /** As they are now, by their ids. */
  all(): ReadonlyMap<string, FuzzPolicy> {
    return new Map(this.#all);
  }

  /** @returns its id; undefined for a policy that the store does not take */
  async write(policy: FuzzPolicy): Promise<string | undefined> {
    const { client, policyStoreId } = this;
    try {
      const [definition, template] = await this.#definitionOf(policy);
      const { policyId = '' } = await client.send(new CreatePolicyCommand({ policyStoreId, definition }));
      this.#all.set(policyId, policy);
      if (template !== undefined) this.#templates.set(policyId, template);
      return policyId;
    } catch (error) {
      if (error instanceof ValidationException) return undefined;
      throw error;
    }
  }

  async remove(policyId: string): Promise<void> {
    const { client, policyStoreId } = this;
    await client.send(new DeletePolicyCommand({ policyStoreId, policyId }));
    this.#all.delete(policyId);
    const policyTemplateId = this.#templates.get(policyId);
    if (policyTemplateId === undefined) return;
    await client.send(new DeletePolicyTemplateCommand({ policyStoreId, policyTemplateId }));
    this.#templates.delete(policyId);
  }

  async #definitionOf(policy: FuzzPolicy): Promise<[PolicyDefinition, templateId?: string]> {
    const { client, policyStoreId } = this;
    const { statement } = policy;
    if (!('values' in policy)) return [{ static: { statement } }];
    const { policyTemplateId = '' } = await client.send(
      new CreatePolicyTemplateCommand({ policyStoreId, statement }),
    );
    const { principal, resource } = policy.values;
    const values = {
      ...(principal && { principal: identifierOf(principal) }),
      ...(resource && { resource: identifierOf(resource) }),
    };
    return [{ templateLinked: { policyTemplateId, ...values } }, policyTemplateId];
  }
}

const identifierOf = ({ type, id }: EntityUid) => ({ entityType: type, entityId: id });
