import { normaliseName, type UserPool } from './pool-settings.js';

/**
 * The names under which a user signs in, besides the `sub`: in a pool whose usernames are addresses, the addresses;
 * elsewhere the username, and those of the pool's aliases that are verified.
 */
export function signInNamesOf(
  pool: UserPool,
  user: { username: string; attributes: Readonly<Record<string, string>> },
): string[] {
  const { UsernameAttributes, AliasAttributes } = pool.settings;
  const names =
    UsernameAttributes.length > 0
      ? UsernameAttributes.map((attribute) => user.attributes[attribute])
      : [
          user.username,
          ...AliasAttributes.filter((alias) => counts(alias, user.attributes)).map(
            (alias) => user.attributes[alias],
          ),
        ];
  const given = names.filter((name) => name !== undefined);
  return [...new Set(given.map((name) => normaliseName(pool, name)))];
}

/** A preferred username counts as it is, an address once its owner has shown it to be theirs. */
const counts = (alias: string, attributes: Readonly<Record<string, string>>) =>
  alias === 'preferred_username' || attributes[`${alias}_verified`] === 'true';
