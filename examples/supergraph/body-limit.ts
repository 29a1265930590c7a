import type { GatewayPlugin } from '@graphql-hive/gateway-runtime';
import { GraphQLError } from 'graphql';

/** 1 MB. Portcullis takes no more either, and an operation within the other limits needs far less. */
const MAX_BODY_BYTES = 1_048_576;

/** What is wrong with a request may be said in this many characters, whatever names and values are quoted in it. */
const MAX_MESSAGE_LENGTH = 500;

const badRequest = (status: number, message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });

const tooLarge = () => badRequest(413, 'The body is too large.');

/** Refuses a body of more than 1 MB before it is all there, and repeats to nobody what they have sent. */
export const bodyLimit: GatewayPlugin = {
  onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
    if (Number(request.headers.get('content-length')) > MAX_BODY_BYTES) throw tooLarge();
    if (requestParser === undefined) return;
    setRequestParser(async ({ url, method, headers, body }) => {
      try {
        const read = body && (await readWithin(body, MAX_BODY_BYTES));
        if (read !== undefined)
          return await requestParser(new fetchAPI.Request(url, { method, headers, body: read }));
      } catch {
        // The parser's own error quotes all of what it could not parse.
        throw badRequest(400, 'The request is malformed.');
      }
      throw tooLarge();
    });
  },
  onResultProcess({ result }) {
    const errors = 'errors' in result ? (result.errors ?? []) : [];
    for (const error of errors) {
      if (error.message.length <= MAX_MESSAGE_LENGTH) continue;
      error.message = `${error.message.slice(0, MAX_MESSAGE_LENGTH)}…`;
    }
  },
};

/** Reads a body, whatever length it claims; undefined when it is longer than this. The rest is thrown away as it comes. */
async function readWithin(body: ReadableStream<Uint8Array>, most: number): Promise<string | undefined> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength;
    // To cancel the stream would close the connection before there is an answer.
    if (length > most) return undefined;
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString();
}
