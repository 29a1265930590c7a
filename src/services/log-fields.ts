import { describeError, type ErrorDescription } from './describe-error.js';
import { MASK, maskText } from './mask-text.js';

/** How the names of secrets end, for they have many beginnings: `newPassword`, `SECRET_HASH`, `x-gateway-secret`. */
const SECRET =
  /(?:authorization|cookie|credential|password|passphrase|secret|secrethash|secretkey|secretaccesskey|apikey|privatekey|token|challenge|challengeresponse)s?$/;

/** Secrets whose names end like anything, and what says who somebody is or where. */
const HIDDEN: ReadonlySet<string> = new Set([
  'code',
  'confirmationcode',
  'rawheaders',

  'address',
  'attributes',
  'attrs',
  'bcc',
  'birthdate',
  'cc',
  'clientip',
  'device',
  'devicename',
  'email',
  'emailaddress',
  'emailaddresses',
  'emails',
  'emailstartswith',
  'familyname',
  'forwarded',
  'fullname',
  'givenname',
  'ip',
  'ipaddress',
  'ipaddresses',
  'ips',
  'middlename',
  'name',
  'nickname',
  'phone',
  'phonenumber',
  'preferredusername',
  'recipient',
  'recipients',
  'remoteaddress',
  'remoteip',
  'sourceip',
  'to',
  'useragent',
  'userattributes',
  'username',
  'xforwardedfor',
  'xrealip',
]);

const DEEPEST = 8;

/**
 * What is written of a value in a log line: no secrets, nothing that says who somebody is but the ids that we give, and of
 * errors what `describeError` says. Names of fields are compared without case, underscores and hyphens.
 */
export function logValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value);
  // A `toJSON` would have the last word on how the object is written.
  if (typeof value === 'function') return undefined;
  if (value instanceof Error) return maskedError(describeError(value));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return '[bytes]';
  if (depth === DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.map((item: unknown) => logValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => [
      maskText(name),
      isHidden(name) ? MASK : logValue(field, depth + 1),
    ]),
  );
}

function isHidden(name: string): boolean {
  // Cognito spells like this what carries a sign-in on; a `session` of ours is an id.
  if (name === 'Session') return true;
  const plain = name.replace(/[^a-z0-9]/gi, '').toLowerCase();
  return SECRET.test(plain) || HIDDEN.has(plain);
}

/** Keeps the `code`, for it tells what happened; any other `code` is one that somebody was sent. */
const maskedError = ({ message, stack, cause, ...known }: ErrorDescription): ErrorDescription => ({
  ...known,
  message: maskText(message),
  ...(stack !== undefined && { stack: maskText(stack) }),
  ...(cause !== undefined && { cause: maskedError(cause) }),
});
