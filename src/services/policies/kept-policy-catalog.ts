import type { PolicyCatalog, PolicyDescription } from '../authorization/policy-catalog.js';
import { cedarEngine } from '../cedar/engine.js';
import { parseStatement } from '../cedar/policy-statement.js';
import type { KeptPolicy, PolicyHolder } from './policies-in-use.js';

/** The catalog of the policies that decide in this process: the very schema, and no calls. */
export function createKeptPolicyCatalog(holder: PolicyHolder): PolicyCatalog {
  const described = new WeakMap<KeptPolicy, PolicyDescription>();

  function describe(policyId: string): PolicyDescription {
    const policy = holder.current()?.contents.policies.get(policyId);
    const known = policy && described.get(policy);
    if (known !== undefined) return known;
    try {
      const description = describePolicy(policyId, policy);
      if (policy !== undefined) described.set(policy, description);
      return description;
    } catch {
      // The engine rests; the next who asks may have more luck.
      return { id: policyId, description: policy?.description ?? null };
    }
  }

  return {
    schema() {
      const inUse = holder.current();
      return inUse === undefined
        ? Promise.reject(new Error('No policies could be read yet.'))
        : inUse.contents.schema;
    },
    describe: (policyIds) => Promise.resolve(policyIds.map(describe)),
  };
}

/** @throws CedarUnavailableError */
function describePolicy(id: string, policy: KeptPolicy | undefined): PolicyDescription {
  if (policy === undefined) return { id, description: null };
  const parsed = parseStatement(policy, cedarEngine);
  const annotations = parsed.ok ? (parsed.json.annotations ?? {}) : {};
  return {
    id: annotations['id'] ?? id,
    description: annotations['description'] ?? policy.description ?? null,
  };
}
