import type { InProcessRequestHandler } from '../../src/embedded/aws-json.js';

/** One call that an SDK client made, attempts that were retried included. */
export interface RecordedCall {
  /** Such as `BatchIsAuthorized`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What becomes of a call in place of its answer. */
export type Fault =
  | {
      readonly kind: 'exception';
      readonly name: string;
      readonly fields?: object;
      readonly statusCode?: number;
    }
  /** Never answered. */
  | { readonly kind: 'silence' }
  /** Answered, but otherwise than it should be. */
  | { readonly kind: 'tampered'; readonly tamper: (output: Record<string, unknown>) => unknown };

export interface RecordingHandler extends InProcessRequestHandler {
  readonly calls: readonly RecordedCall[];
  /** How many calls of this operation there were. */
  count(operation: string): number;
  /** Meets every call from now on with what `decide` says; undefined lets it through. */
  disturb(decide: (call: RecordedCall) => Fault | undefined): void;
}

export const throttle: Fault = { kind: 'exception', name: 'ThrottlingException' };
export const serverError: Fault = { kind: 'exception', name: 'InternalServerException', statusCode: 500 };
export const silence: Fault = { kind: 'silence' };
export const exception = (name: string, fields: object = {}): Fault => ({ kind: 'exception', name, fields });
export const tampered = (tamper: (output: Record<string, unknown>) => unknown): Fault => ({
  kind: 'tampered',
  tamper,
});

type Reply = Awaited<ReturnType<InProcessRequestHandler['handle']>>;

/** Stands between an SDK client and what answers it, counts the calls and spoils the chosen ones. */
export function recordingHandler(inner: InProcessRequestHandler): RecordingHandler {
  const calls: RecordedCall[] = [];
  let disturb: (call: RecordedCall) => Fault | undefined = () => undefined;

  return {
    ...inner,
    calls,
    count: (operation) => calls.filter((call) => call.operation === operation).length,
    disturb: (decide) => void (disturb = decide),
    async handle(request, options) {
      const call = readCall(request);
      calls.push(call);
      const fault = disturb(call);
      if (fault?.kind === 'silence') return new Promise<never>(() => {});
      if (fault?.kind === 'exception') return exceptionReply(fault);
      const reply = await inner.handle(request, options);
      return fault === undefined ? reply : tamperedReply(reply, fault.tamper);
    },
  };
}

function readCall({ headers, body }: Parameters<InProcessRequestHandler['handle']>[0]): RecordedCall {
  const target = headers['x-amz-target'] ?? headers['X-Amz-Target'] ?? '';
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
  return {
    operation: target.slice(target.indexOf('.') + 1),
    input: JSON.parse(text) as RecordedCall['input'],
  };
}

const exceptionReply = ({
  name,
  fields,
  statusCode = 400,
}: Extract<Fault, { kind: 'exception' }>): Reply => ({
  response: {
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name },
    body: new TextEncoder().encode(
      JSON.stringify({ ...fields, __type: name, message: `${name} of a test.` }),
    ),
  },
});

function tamperedReply({ response }: Reply, tamper: (output: Record<string, unknown>) => unknown): Reply {
  const output = JSON.parse(new TextDecoder().decode(response.body)) as Record<string, unknown>;
  return { response: { ...response, body: new TextEncoder().encode(JSON.stringify(tamper(output))) } };
}
