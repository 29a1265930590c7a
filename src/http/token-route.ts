import type { FastifyInstance } from 'fastify';

/** Answers requests for tokens (RFC 6749, section 4.4). */
export type TokenEndpoint = (request: {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}) => Promise<{
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
}>;

const MAX_BODY_BYTES = 16_384;

/** A Fastify plugin: `POST /oauth2/token`, where services get their tokens. */
export async function tokenRoute(
  fastify: FastifyInstance,
  { tokenEndpoint }: { readonly tokenEndpoint: TokenEndpoint },
): Promise<void> {
  // What is no form is the endpoint's to refuse, in the words of its own protocol.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  fastify.post('/oauth2/token', { bodyLimit: MAX_BODY_BYTES }, async ({ headers, body }, reply) => {
    const answer = await tokenEndpoint({
      contentType: headers['content-type'],
      authorization: headers.authorization,
      body: typeof body === 'string' ? body : '',
    });
    return reply.code(answer.statusCode).headers(answer.headers).send(answer.body);
  });
}
