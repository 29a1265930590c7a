import type { GraphQLError } from 'graphql';

import { argumentOf } from './refused-argument.js';
import { RefusedValue } from './ruled-scalar.js';

/** What is told of a request that cannot be answered. */
export interface Complaint {
  readonly message: string;
  /** Whose value is refused, such as `phoneNumber`; undefined where that is not known. */
  readonly argument: string | undefined;
}

/** The values of an enum, as far as callers may know them: none where the schema is not public. */
export type EnumValues = (name: string) => readonly string[];

type RequestError = Pick<GraphQLError, 'message' | 'originalError' | 'nodes'>;

/** What graphql-js says of input objects and nulls, naming fields and types alone. */
const ABOUT_A_FIELD =
  /^(Field "(\w+)" (?:of required type "[\w![\]]+" was not provided|is not defined by type "\w+")\.)(?: Did you mean [\w", ]+\?)?$/;
const ABOUT_NULL = /^Expected non-nullable type "[\w![\]]+" not to be null\.$/;
const ABOUT_AN_ENUM = [
  /^Value .* does not exist in "(\w+)" enum\./s,
  /^Enum "(\w+)" cannot represent non-(?:enum|string) value: /,
];
/** What graphql-js says of its own scalars, up to the value. */
const ABOUT_A_TYPE = /^((?:Int|Float|String|Boolean|ID) cannot represent [\w -]*value): /;
const PLACE = / at "([\w.[\]]+)"$/;

/**
 * What graphql-js says of a request, without the values that it quotes: a password in the wrong place is still a password.
 * Names of fields, types and variables stay, and so do the rules that a value breaks.
 */
export function withoutValues(error: RequestError, enumValues: EnumValues): Complaint {
  const variable = /^Variable "\$(\w+)" got invalid value /.exec(error.message)?.[1];
  if (variable !== undefined) return ofVariable(variable, error, enumValues);
  const message = (enumRule(error.message, enumValues) ?? error.message)
    .replace(/\b(String|BlockString|Int|Float) ".*$/s, '$1.')
    .replace(/, found .*$/s, '.')
    .replace(/ has invalid value .*$/s, ' has an invalid value.')
    .replace(/ value: .*$/s, ' value.');
  return { message, argument: /^Argument "(\w+)" of /.exec(message)?.[1] };
}

function ofVariable(variable: string, error: RequestError, enumValues: EnumValues): Complaint {
  const { message, originalError, nodes } = error;
  const reason = originalError?.message ?? '';
  // The reason quotes values too, and what looks like a place in one is none.
  const place = PLACE.exec(message.slice(0, message.length - `; ${reason}`.length))?.[1];
  const [, aboutField, field] = ABOUT_A_FIELD.exec(reason) ?? [];
  const rule =
    originalError instanceof RefusedValue || ABOUT_NULL.test(reason)
      ? reason
      : (aboutField ?? typeRule(reason) ?? enumRule(reason, enumValues));
  const where = place === undefined ? '' : ` at "${place}"`;
  const path = (place ?? variable) + (field === undefined ? '' : `.${field}`);
  return {
    message: `Variable "$${variable}" got an invalid value${where}${rule === undefined ? '.' : `: ${rule}`}`,
    argument: argumentOf(variable, path, nodes?.[0]),
  };
}

/** Of which type a value should be. */
function typeRule(reason: string): string | undefined {
  const rule = ABOUT_A_TYPE.exec(reason)?.[1];
  return rule && `${rule}.`;
}

/** What an enum has, where graphql-js says that it has not what was sent. */
function enumRule(reason: string, enumValues: EnumValues): string | undefined {
  const name = ABOUT_AN_ENUM.map((pattern) => pattern.exec(reason)?.[1]).find((found) => found !== undefined);
  if (name === undefined) return undefined;
  const values = enumValues(name);
  return `"${name}" has no such value${values.length === 0 ? '.' : `; it is one of ${values.join(', ')}.`}`;
}
