import { isAllOrNothing } from './operation.js';

/** The envelope of an error; what is no error of Portcullis's own, such as a gateway's, may have less. */
export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?:
    | {
        readonly code?: string | undefined;
        readonly retry?: { readonly retryAfter: number | null } | undefined;
        readonly details?: Readonly<Record<string, unknown>> | undefined;
      }
    | undefined;
}

/** What GraphQL over HTTP answers: `data` is null where it came to nothing. */
export interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphqlError[];
}

/**
 * Is this an answer, and not a proxy's page or a piece of one? That its data has the shape of the document that was sent is what
 * GraphQL and `npm run codegen:check` promise.
 */
export function isAnswer<Data>(body: unknown): body is Answer<Data> {
  if (!isObject(body)) return false;
  const { data = null, errors = [] } = body;
  if (!Array.isArray(errors) || !errors.every(isError)) return false;
  return isObject(data) || (data === null && errors.length > 0);
}

/**
 * Was the operation refused for want of a good token, before any part of it ran? Deeper down something has run already, and so
 * may one root field of a mutation have where another is refused; neither is to be repeated. Without `data` nothing has run:
 * https://spec.graphql.org/October2021/#sec-Data
 */
export const isUnauthenticated = ({ data, errors = [] }: Answer<unknown>, operation: string): boolean =>
  (data === undefined || isAllOrNothing(operation)) &&
  errors.some(({ path = [], extensions }) => extensions?.code === 'UNAUTHENTICATED' && path.length <= 1);

function isError(value: unknown): value is GraphqlError {
  if (!isObject(value) || typeof value.message !== 'string') return false;
  const { path = [], extensions = {} } = value;
  return Array.isArray(path) && isObject(extensions) && isExtensions(extensions);
}

function isExtensions({ code, retry, details }: Record<string, unknown>): boolean {
  return (
    (code === undefined || typeof code === 'string') &&
    (retry === undefined ||
      (isObject(retry) && (retry.retryAfter === null || typeof retry.retryAfter === 'number'))) &&
    (details === undefined || isObject(details))
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
