/** Which roles a person gains and loses; both sorted, without repeats. */
export interface RoleChanges {
  readonly granted: readonly string[];
  readonly withdrawn: readonly string[];
}

/** What takes a person from the roles they have to the roles that are wanted. Each is a decision of its own. */
export function roleChanges(current: readonly string[], wanted: readonly string[]): RoleChanges {
  return { granted: without(wanted, current), withdrawn: without(current, wanted) };
}

function without(roles: readonly string[], others: readonly string[]): string[] {
  const excluded = new Set(others);
  return [...new Set(roles)].filter((role) => !excluded.has(role)).sort();
}
