const NAME = String.raw`[\w+=,.@-]{1,64}`;
const ACCOUNT = String.raw`arn:aws(?:-[a-z]+)*:iam::\d{12}`;
/** Paths are printable ASCII between slashes; those of roles are of no account here. */
const PATH = String.raw`(?:[\w+=,.@-]+\/){0,64}`;

const ROLE = new RegExp(`^(${ACCOUNT}):role/${PATH}(${NAME})$`);
const USER = new RegExp(`^${ACCOUNT}:user/${PATH}${NAME}$`);
const ASSUMED_ROLE = new RegExp(`^(arn:aws(?:-[a-z]+)*):sts::(\\d{12}):assumed-role/(${NAME})/(${NAME})$`);

/**
 * The one name of an IAM principal: of a role, whoever assumes it and whatever they call their session; of a user.
 * `arn:aws:sts::123456789012:assumed-role/orders/i-0abc` is `arn:aws:iam::123456789012:role/orders`. An assumed role's ARN
 * tells nothing of the role's path, so it is left out of roles everywhere; no account has two roles of one name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 *
 * @returns undefined for what is neither a role nor a user
 */
export function canonicalArn(arn: string): string | undefined {
  const [, partition, account, assumed] = ASSUMED_ROLE.exec(arn) ?? [];
  if (partition !== undefined) return `${partition}:iam::${account}:role/${assumed}`;
  const [, owner, role] = ROLE.exec(arn) ?? [];
  if (owner !== undefined) return `${owner}:role/${role}`;
  return USER.test(arn) ? arn : undefined;
}
