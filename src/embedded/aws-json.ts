/**
 * The AWS JSON protocol, versions 1.0 and 1.1, from the server's side: `POST /`, the operation named by `X-Amz-Target`,
 * JSON in, JSON out (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html).
 */
import { AwsServiceError } from './aws-service-error.js';
import { rootCause } from './root-cause.js';
import type { ServiceDescription } from './service-description.js';

export { AwsServiceError } from './aws-service-error.js';
export type {
  OperationHandler,
  OperationRequest,
  Operations,
  ServiceDescription,
} from './service-description.js';

/** A request as it was read from the wire: the value of `X-Amz-Target` and the undecoded body. */
export interface WireRequest {
  readonly target: string | undefined;
  readonly body: string | Uint8Array | undefined;
}

export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  /** JSON text. */
  readonly body: string;
}

/** Answers one request. Never rejects: every fault becomes an answer. */
export async function dispatch(service: ServiceDescription, request: WireRequest): Promise<WireResponse> {
  const requestId = service.randomness.uuid();
  try {
    const operation = findOperation(service, request.target);
    const output = await operation(decodeInput(request.body) as never, { requestId });
    return answer(service, requestId, 200, output);
  } catch (error) {
    return answerError(service, requestId, request.target, error);
  }
}

/** The answer to a request that never reached an operation, such as one whose body is too large. */
export function refuse(
  service: ServiceDescription,
  statusCode: number,
  error: AwsServiceError,
): WireResponse {
  return { ...answerError(service, service.randomness.uuid(), undefined, error), statusCode };
}

function findOperation(service: ServiceDescription, target: string | undefined) {
  const prefix = `${service.targetPrefix}.`;
  const name = target?.startsWith(prefix) ? target.slice(prefix.length) : undefined;
  const operation =
    name !== undefined && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (operation === undefined) throw new AwsServiceError('UnknownOperationException', 'Unknown operation.');
  return operation;
}

function decodeInput(body: string | Uint8Array | undefined): object {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const input = text === '' ? {} : parseJson(text);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AwsServiceError('SerializationException', 'Start of structure expected.');
  }
  return input;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsServiceError('SerializationException', 'The request body is not JSON.');
  }
}

function answerError(
  service: ServiceDescription,
  requestId: string,
  target: string | undefined,
  error: unknown,
): WireResponse {
  if (error instanceof AwsServiceError) {
    const { name, message, fields } = error;
    const response = answer(service, requestId, 400, { ...fields, __type: name, message });
    response.headers['x-amzn-ErrorType'] = headerSafe(name);
    response.headers['x-amzn-ErrorMessage'] = headerSafe(message);
    return response;
  }
  service.logger.error(
    { err: rootCause(error), target, requestId },
    'An embedded AWS operation failed unexpectedly.',
  );
  const response = answer(service, requestId, 500, {
    __type: service.internalError,
    message: 'Internal error.',
  });
  response.headers['x-amzn-ErrorType'] = service.internalError;
  return response;
}

function answer(
  service: ServiceDescription,
  requestId: string,
  statusCode: number,
  output: object,
): WireResponse {
  return {
    statusCode,
    headers: { 'content-type': service.contentType, 'x-amzn-RequestId': requestId },
    body: encodeOutput(output, service.dates),
  };
}

function encodeOutput(output: object, dates: ServiceDescription['dates']): string {
  return JSON.stringify(dates === 'iso-8601' ? output : withEpochSeconds(output));
}

/** With dates as numbers; only what holds one is copied. JSON.stringify with a replacer takes several times as long. */
function withEpochSeconds(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) {
    const encoded = value.map(withEpochSeconds);
    return encoded.some((item, index) => item !== value[index]) ? encoded : value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [key, held] of Object.entries(value)) {
    const encoded = withEpochSeconds(held);
    if (encoded !== held) (copy ??= { ...value })[key] = encoded;
  }
  return copy ?? value;
}

/** Printable ASCII of a bounded length: what can stand in a header without ending it. */
const headerSafe = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1024);

/** The part of the SDK's HttpRequest that the protocol reads. */
interface SdkRequest {
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** The SDK's own signal of older days, which nobody can listen to together with others: it is read once. */
interface LegacyAbortSignal {
  readonly aborted: boolean;
}

/** What the AWS SDK's clients ask of the object given to them as `requestHandler`. */
export interface InProcessRequestHandler {
  handle(
    request: SdkRequest,
    options?: { abortSignal?: AbortSignal | LegacyAbortSignal },
  ): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: Uint8Array } }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/**
 * Answers an SDK client from within this process: no socket, but the very bytes of the wire. An aborted call rejects at
 * once with an `AbortError`; what it set in motion still comes to its end, as it would on a server.
 */
export function inProcessRequestHandler(service: ServiceDescription): InProcessRequestHandler {
  return {
    handle: (request, { abortSignal } = {}) => unlessAborted(abortSignal, () => answerSdk(service, request)),
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

async function answerSdk(service: ServiceDescription, { headers, body }: SdkRequest) {
  const target = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1];
  const decodable = typeof body === 'string' || body instanceof Uint8Array ? body : undefined;
  const response = await dispatch(service, { target, body: decodable });
  return { response: { ...response, body: new TextEncoder().encode(response.body) } };
}

async function unlessAborted<T>(
  signal: AbortSignal | LegacyAbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw abortError();
  if (!(signal instanceof AbortSignal)) return work();
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(abortError());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The name by which the SDK knows that a request was called off, and does not try it again. */
const abortError = () => Object.assign(new Error('Request aborted'), { name: 'AbortError' });
