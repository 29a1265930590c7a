import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Members that hold a map: what is below them are names of the caller's, and parameters that a flow needs. */
const PARAMETER_MAPS: ReadonlySet<PropertyKey> = new Set(['AuthParameters', 'ChallengeResponses']);

/**
 * What Cognito says of an input that is not as its API reference wants it. Names the members at fault and quotes none,
 * since there are passwords among them.
 */
export function validationMessage(issues: readonly Issue[], input: unknown): string {
  const missing = issues.find(({ path }) => isParameter(path) && isAbsent(input, path));
  if (missing) return `Missing required parameter ${String(missing.path[1])}`;
  const faults = issues.map(
    (issue) =>
      `Value at '${memberName(issue.path)}' failed to satisfy constraint: ${constraintOf(issue, input)}`,
  );
  const errors = faults.length === 1 ? 'validation error' : 'validation errors';
  return `${faults.length} ${errors} detected: ${faults.join('; ')}`;
}

function constraintOf(issue: Issue, input: unknown): string {
  if (issue.code === 'custom') return issue.message;
  if (isAbsent(input, issue.path)) return 'Member must not be null';
  switch (issue.code) {
    case 'too_big':
      return `Member must have ${measureOf(issue)} less than ${bound(issue.inclusive)}${issue.maximum}`;
    case 'too_small':
      return `Member must have ${measureOf(issue)} greater than ${bound(issue.inclusive)}${issue.minimum}`;
    case 'invalid_format':
      return issue.pattern === undefined
        ? 'Member must be well-formed'
        : `Member must satisfy regular expression pattern: ${issue.pattern.replace(/^\/\^?(.*?)\$?\/\w*$/s, '$1')}`;
    case 'invalid_value':
      return enumValueSet(issue.values);
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? enumValueSet(issue.options)
        : 'Member must be well-formed';
    case 'invalid_type':
      return `Member must be of type ${issue.expected}`;
    default:
      return 'Member must be well-formed';
  }
}

const measureOf = ({ origin }: { origin: string }) =>
  origin === 'string' || origin === 'array' ? 'length' : 'value';

const bound = (inclusive: boolean | undefined) => (inclusive === false ? '' : 'or equal to ');

const enumValueSet = (values: readonly unknown[]) =>
  `Member must satisfy enum value set: [${values.join(', ')}]`;

/** `UserAttributes`, 0, `Name` as `userAttributes.1.member.name`. */
function memberName(path: readonly PropertyKey[]): string {
  const parts = path.map((part, index) => {
    if (typeof part === 'number') return `${part + 1}.member`;
    return path.slice(0, index).some((holder) => PARAMETER_MAPS.has(holder))
      ? String(part)
      : lowerFirst(part);
  });
  return parts.join('.');
}

const lowerFirst = (part: PropertyKey) => String(part).replace(/^[A-Z]/, (letter) => letter.toLowerCase());

const isParameter = (path: readonly PropertyKey[]) =>
  path.length === 2 && path[0] !== undefined && PARAMETER_MAPS.has(path[0]);

/** Null counts as absent, as everywhere in this protocol. */
function isAbsent(input: unknown, path: readonly PropertyKey[]): boolean {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return true;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value === undefined || value === null;
}
