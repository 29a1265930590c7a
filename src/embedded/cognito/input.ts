import { z } from 'zod';

import type { OperationRequest } from '../aws-json.js';
import { invalidParameter } from './exceptions.js';
import { validationMessage } from './validation-message.js';

/** NUL and lone surrogates: JSON carries them, PostgreSQL stores neither. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** A string that the database can hold, with its length bounded. */
export const text = (max: number, min = 0) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !UNSTORABLE.test(value), 'Member must not hold unpaired surrogates or NUL');

export const poolId = text(55, 1).regex(/^[\w-]+_[0-9a-zA-Z]+$/);
export const clientId = text(128, 1).regex(/^[\w+]+$/);
export const username = text(128, 1);
/** A password offered as proof: only its size is checked, for the answer must not depend on its form. */
export const password = text(512, 1).refine(
  // Characters beyond the first plane are two units each.
  (value) => [...value].length <= 256,
  'Member must have length less than or equal to 256',
);
/** A password that is set. Of AWS's pattern, what is about blanks: a single character is too short anyway. */
export const newPassword = password.refine(
  (value) => /^\S(.*\S)?$/.test(value),
  'Member must satisfy regular expression pattern: [\\S]+.*[\\S]+',
);
export const confirmationCode = text(2048, 1).regex(/^\S+$/);
export const secretHash = text(128, 1).optional();
export const token = text(16_384, 1);
/** Printable ASCII but for quotes and backslashes. */
export const resourceServerId = text(256, 1).regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/);
export const groupName = text(128, 1).regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u);
/** The SDK allows 0, which Cognito takes for "as many as there may be". */
export const pageLimit = z
  .int()
  .min(0)
  .max(60)
  .default(60)
  .transform((limit) => limit || 60);

export const attributeName = text(32, 1).regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u);
/** An attribute by which somebody is reached. */
export const contactName = z.enum(['email', 'phone_number']);

/** `[{ Name, Value }]` as a record; a name given twice takes its last value. */
export const attributes = z
  .array(z.object({ Name: attributeName, Value: text(2048).default('') }))
  .max(100)
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));

/** Which user of which pool: the input that most administrators' operations share. */
export const userReference = z.object({ UserPoolId: poolId, Username: username });

/**
 * Holds an operation's input against its schema before the handler sees it.
 * A member that is null counts as absent. The handler may rely on the schema's output type.
 * @throws InvalidParameterException naming every member at fault, and quoting none of them
 */
export function validated<Schema extends z.ZodType, Output>(
  schema: Schema,
  handle: (input: z.output<Schema>, request: OperationRequest) => Promise<Output>,
) {
  return async (input: object, request: OperationRequest): Promise<Output> => {
    const present = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
    const parsed = schema.safeParse(present);
    if (!parsed.success) throw invalidParameter(validationMessage(parsed.error.issues, present));
    return handle(parsed.data, request);
  };
}

/** A group as it is made, and as it is changed. */
export const groupInput = z.object({
  UserPoolId: poolId,
  GroupName: groupName,
  Description: text(2048).optional(),
  Precedence: z.int().min(0).max(2_147_483_647).optional(),
  RoleArn: text(2048, 20).optional(),
});
