import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';

import { composeSupergraph } from '../../examples/supergraph/compose.js';
import { askPortcullis } from '../../examples/supergraph/documents/ask-portcullis.js';
import type { DocumentRecord } from '../../examples/supergraph/documents/document.js';
import { documentsSdl } from '../../examples/supergraph/documents/schema.js';
import { startDocuments } from '../../examples/supergraph/documents/start-documents.js';
import { PORTCULLIS } from '../../examples/supergraph/forwarded-headers.js';
import type { Listening } from '../../examples/supergraph/listen.js';
import type { TypedDocumentString } from '../../examples/supergraph/operations/generated.js';
import type { GatewayOptions } from '../../examples/supergraph/start-gateway.js';
import { subgraphParts } from '../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../src/schema/build-schema.js';
import { startRecordingProxy, type RecordingProxy } from './recording-proxy.js';
import {
  readAnswer,
  type AskOptions,
  type GraphqlAnswer,
  type RunningApp,
  type TypedOptions,
} from './running-app.js';

export interface GatewayAskOptions extends AskOptions {
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
  /** Which of this machine's addresses it comes from. */
  readonly from?: string;
}

export interface StartGateway {
  (options: GatewayOptions): Promise<Listening>;
  /** Whether it can be given what routers are told; left out where it can. */
  readonly takesRouterDirectives?: boolean;
}

/** What the gateways of these tests and the Portcullis behind them know. */
export const GATEWAY_SECRET = 'the-secret-of-the-gateway-under-test';

const portcullisSdl = new URL('../../schema.graphql', import.meta.url);

const sdlFor = async ({ takesRouterDirectives: routerDirectives = true }: StartGateway): Promise<string> =>
  routerDirectives
    ? readFile(portcullisSdl, 'utf8')
    : buildUnguardedSchema(subgraphParts, { routerDirectives }).sdl;

/** A running Portcullis and the documents of the example behind a gateway, with a record of what it asks of each. */
export class Supergraph {
  private constructor(
    private readonly gateway: Listening,
    readonly portcullis: RecordingProxy,
    readonly documents: RecordingProxy,
    private readonly documentsServer: Listening,
  ) {}

  static async start(
    app: RunningApp,
    startGateway: StartGateway,
    documents: readonly DocumentRecord[],
  ): Promise<Supergraph> {
    const { credentialsPath = '' } = app.app.embedded?.seededServices ?? {};
    const decisions = await askPortcullis(`${app.url}/graphql`, dirname(credentialsPath));
    const documentsServer = await startDocuments(documents, decisions, 0);
    const portcullisProxy = await startRecordingProxy(`${app.url}/graphql`);
    const documentsProxy = await startRecordingProxy(documentsServer.url);
    const supergraphSdl = composeSupergraph([
      { name: PORTCULLIS, url: portcullisProxy.url, sdl: await sdlFor(startGateway) },
      { name: 'documents', url: documentsProxy.url, sdl: documentsSdl },
    ]);
    const gateway = await startGateway({ supergraphSdl, gatewaySecret: GATEWAY_SECRET, port: 0 });
    return new Supergraph(gateway, portcullisProxy, documentsProxy, documentsServer);
  }

  /** The gateway's endpoint, for what is no operation. */
  get url(): string {
    return this.gateway.url;
  }

  async stop(): Promise<void> {
    for (const part of [this.gateway, this.documents, this.portcullis, this.documentsServer])
      await part.close();
  }

  /** Posts one operation to the gateway: one of the example's, whose data and variables are known, or any text. */
  ask<Data, Variables>(
    operation: TypedDocumentString<Data, Variables>,
    ...options: TypedOptions<Variables, GatewayAskOptions>
  ): Promise<GraphqlAnswer<Data | null>>;
  ask<Data = Record<string, unknown>>(
    operation: string,
    options?: GatewayAskOptions,
  ): Promise<GraphqlAnswer<Data>>;
  async ask(
    operation: string | TypedDocumentString<unknown, unknown>,
    options: GatewayAskOptions = {},
  ): Promise<GraphqlAnswer<unknown>> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(this.gateway.url, {
        method: 'POST',
        localAddress: options.from,
        headers: {
          'content-type': 'application/json',
          ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
          ...options.headers,
        },
      });
      sent.once('response', resolve).once('error', reject);
      const { variables, extensions } = options;
      sent.end(JSON.stringify({ query: operation, variables, extensions }));
    });
    return readAnswer(new Response(await text(answer), { status: answer.statusCode ?? 0 }));
  }
}
