import type { PolicyCatalog } from './policy-catalog.js';

/** The policy of which an error speaks. At its beginning alone: further on it may quote what callers wrote. */
const POLICY = /(?<=^(?:error )?while evaluating policy `)[^`]+(?=`)/;

/** Errors of an evaluation, naming policies as their files do, and not by the engine's ids, which mean nothing to anybody. */
export async function withNamedPolicies(
  errors: readonly string[],
  catalog: Pick<PolicyCatalog, 'describe'>,
): Promise<readonly string[]> {
  const ids = [...new Set(errors.flatMap((error) => error.match(POLICY) ?? []))];
  if (ids.length === 0) return errors;
  const described = await catalog.describe(ids);
  const names = new Map(ids.map((id, index) => [id, described[index]?.id ?? id]));
  return errors.map((error) => error.replace(POLICY, (id) => names.get(id) ?? id));
}
