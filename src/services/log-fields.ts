import { describeError } from './describe-error.js';

/** Fields of these names are not written, wherever they are and however their letters are cased. */
const SECRETS = new Set([
  'accesstoken',
  'authorization',
  'challenge',
  'clientsecret',
  'code',
  'confirmationcode',
  'cookie',
  'idtoken',
  'newpassword',
  'password',
  'refreshtoken',
  'secret',
  'secrethash',
  'secretkey',
  'temporarypassword',
  'token',
]);

const DEEPEST = 8;

/**
 * What is written of the fields of a log line: no secrets, and of errors what `describeError` says. Their `code` is kept, for
 * it tells what happened; any other `code` is one that somebody was sent.
 */
export const logFields = (fields: object, depth = 1): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      SECRETS.has(name.toLowerCase()) ? '[redacted]' : writable(value, depth),
    ]),
  );

function writable(value: unknown, depth: number): unknown {
  if (value instanceof Error) return describeError(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth === DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.map((item: unknown) => writable(item, depth + 1));
  return logFields(value, depth + 1);
}
