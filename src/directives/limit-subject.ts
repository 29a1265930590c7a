import { getNamedType, isInputObjectType, type GraphQLFieldConfigArgumentMap } from 'graphql';

import { addressBlock } from '../services/rate-limiting/address-block.js';
import { CALLER } from '../services/rate-limiting/limit-subjects.js';
import type { LimitKey } from '../services/rate-limiting/limits.js';
import type { ClientAddress } from '../services/sessions/session.js';
import { normalizeEmail } from '../services/users/email-address.js';

/** What is known of who calls. */
export interface LimitedCaller {
  readonly client: ClientAddress;
  /** Whom the credential of the request names; null where it names nobody, or is no good. */
  readonly callerId: string | null;
}

type Arguments = Readonly<Record<string, unknown>>;

/** Arguments that name an account, or stand for one; the first that is there counts. */
const ACCOUNT_ARGUMENTS = ['email', 'refreshToken', 'challenge'] as const;

/** What the calls of a caller are counted under: parts that are digested together before anybody keeps them. */
export function limitSubject(by: LimitKey, caller: LimitedCaller, args: Arguments): readonly string[] {
  switch (by) {
    case 'IP':
      return ['address', addressBlock(caller.client.ipAddress)];
    case 'ACCOUNT':
      return accountOf(args);
    case 'VIEWER':
    case 'SERVICE':
      return caller.callerId === null ? limitSubject('IP', caller, args) : [CALLER, caller.callerId];
  }
}

/** Can the arguments of a field name an account? */
export const namesAccount = (args: GraphQLFieldConfigArgumentMap): boolean => {
  const input = getNamedType(args.input?.type);
  const names = Object.keys(isInputObjectType(input) ? input.getFields() : args);
  return ACCOUNT_ARGUMENTS.some((name) => names.includes(name));
};

function accountOf(args: Arguments): readonly string[] {
  const given = (args.input ?? args) as Readonly<Record<string, string | null | undefined>>;
  const name = ACCOUNT_ARGUMENTS.find((candidate) => typeof given[candidate] === 'string') ?? 'email';
  const text = given[name] ?? '';
  return name === 'email' ? ['email', given.userType ?? 'END_USER', normal(text)] : [name, text];
}

/** An address that is none is refused later, in the field; until then it counts as it was written. */
function normal(email: string): string {
  try {
    return normalizeEmail(email);
  } catch {
    return email;
  }
}
