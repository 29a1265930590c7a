import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Logger } from '../services/logger.js';
import { AwsServiceError, dispatch, refuse, type ServiceDescription } from './aws-json.js';
import type { CognitoEngine } from './cognito/index.js';
import type { TokenEndpoint } from './cognito/token-endpoint.js';
import { rootCause } from './root-cause.js';
import type { StsEngine } from './sts/index.js';

/** Neither service takes a larger request. */
const BODY_LIMIT = 1024 * 1024;

/** How long requests under way may take to end once the server is closed, in milliseconds. */
const PATIENCE = 5_000;

export interface EmbeddedServerOptions {
  /** The address to listen on; loopback when left out. */
  readonly host?: string;
  /** Whether a request is answered at all; all are when left out. */
  readonly admits?: (request: IncomingMessage) => boolean;
  /** Port 0 takes one that is free. */
  readonly cognito: {
    readonly port: number;
    readonly engine: CognitoEngine;
    /** More that a GET of this port answers, besides the well-known documents. */
    readonly findDocument?: FindDocument;
  };
  readonly verifiedPermissions: { readonly port: number; readonly service: ServiceDescription };
  readonly sts?: { readonly port: number; readonly engine: StsEngine };
  readonly logger: Pick<Logger, 'error'>;
  /** How long `close` waits for requests under way before it cuts them off, in milliseconds; 5,000 when left out. */
  readonly patience?: number;
}

export interface EmbeddedServer {
  /** What clients are given as their endpoint. */
  readonly cognitoUrl: string;
  readonly verifiedPermissionsUrl: string;
  /** Where the STS is served. */
  readonly stsUrl: string | undefined;
  /** Stops listening and resolves when the requests under way are answered, or cut off. */
  close(): Promise<void>;
}

/** Serves the engines over HTTP, each on a port of its own, for clients that are not in this process. */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { host = '127.0.0.1', cognito, verifiedPermissions, sts, patience = PATIENCE } = options;
  const listening: Server[] = [];
  const start = async (answerRequest: Answer, port: number): Promise<string> => {
    const server = createServer(listener(answerRequest, options));
    const url = await listen(server, host, port);
    listening.push(server);
    return url;
  };
  const close = async () => {
    await Promise.all(listening.map((server) => stop(server, patience)));
  };
  try {
    const cognitoUrl = await start(
      (request, response) =>
        answer(
          cognito.engine.service,
          async (path) =>
            (await wellKnownDocument(cognito.engine, path)) ?? cognito.findDocument?.(path, request),
          request,
          response,
          cognito.engine.tokenEndpoint,
        ),
      cognito.port,
    );
    const verifiedPermissionsUrl = await start(
      (request, response) => answer(verifiedPermissions.service, async () => undefined, request, response),
      verifiedPermissions.port,
    );
    const stsUrl =
      sts && (await start((request, response) => answerSts(sts.engine, request, response), sts.port));
    return { cognitoUrl, verifiedPermissionsUrl, stsUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What a GET of a path answers: a document, or nothing. */
export type FindDocument = (path: string, request: IncomingMessage) => Promise<object | undefined>;

function listener(
  answerRequest: Answer,
  { admits = () => true, logger }: Pick<EmbeddedServerOptions, 'admits' | 'logger'>,
): RequestListener {
  return (request, response) => {
    if (!admits(request)) return turnAway(response);
    answerRequest(request, response).catch((error: unknown) => {
      logger.error({ err: rootCause(error) }, 'A request to an embedded engine could not be answered.');
      response.destroy();
    });
  };
}

/** The body reads as an exception to an SDK, and as a sentence to everybody else. */
function turnAway(response: ServerResponse): void {
  const message = 'Only this machine is answered, under a name of its own: 127.0.0.1, ::1 or localhost.';
  response
    .writeHead(403, { 'content-type': 'application/json', connection: 'close' })
    .end(JSON.stringify({ __type: 'AccessDeniedException', message }));
}

async function answer(
  service: ServiceDescription,
  findDocument: FindDocument,
  request: IncomingMessage,
  response: ServerResponse,
  tokenEndpoint?: TokenEndpoint,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  if (tokenEndpoint && request.method === 'POST' && path === '/oauth2/token') {
    return answerTokenRequest(tokenEndpoint, request, response);
  }
  if (request.method === 'POST' && path === '/') {
    const body = await readBody(request);
    const target = request.headers['x-amz-target'];
    const {
      statusCode,
      headers,
      body: text,
    } = body
      ? await dispatch(service, { target: typeof target === 'string' ? target : undefined, body })
      : refuse(service, 413, new AwsServiceError('RequestEntityTooLargeException', 'Request is too large.'));
    // What is left of a body that was too large is not worth reading.
    if (!body) response.setHeader('connection', 'close');
    response.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
    return;
  }
  const document = request.method === 'GET' ? await findDocument(path, request) : undefined;
  response
    .writeHead(document ? 200 : 404, { 'content-type': 'application/json' })
    .end(JSON.stringify(document ?? { message: 'Not found.' }));
}

async function answerTokenRequest(
  tokenEndpoint: TokenEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { 'content-type': contentType, authorization } = request.headers;
  const body = await readBody(request);
  if (!body) response.setHeader('connection', 'close');
  const answered = await tokenEndpoint({ contentType, authorization, body: body?.toString() ?? '' });
  response.writeHead(answered.statusCode, answered.headers).end(answered.body);
}

async function answerSts(
  engine: StsEngine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path, query = ''] = (request.url ?? '').split('?', 2);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
  );
  const { method = '' } = request;
  const answered = await engine.answer({ method, query: path === '/' ? query : '', headers });
  response.writeHead(answered.statusCode, answered.headers).end(answered.body);
}

/** The body, or nothing where it is larger than the limit. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `/<poolId>/.well-known/jwks.json` and `…/openid-configuration`, as Cognito has them below a pool's issuer. */
async function wellKnownDocument(engine: CognitoEngine, path: string): Promise<object | undefined> {
  const match = /^\/([\w-]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(path);
  const jwks = match?.[1] === undefined ? undefined : await engine.jwks(match[1]);
  if (!match?.[1] || jwks === undefined || match[2] === 'jwks.json') return jwks;
  const issuer = engine.issuer(match[1]);
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'token'],
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
  };
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: bound } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    });
  });
}

function stop(server: Server, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), patience).unref();
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
