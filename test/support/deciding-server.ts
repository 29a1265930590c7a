import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { qualifyAction } from '../../src/services/authorization/names.js';
import { uidText, type EntityUid } from '../../src/services/authorization/question.js';

export interface AskedCheck {
  readonly action: string;
  readonly resource: EntityUid;
  readonly resourceAttributes?: Record<string, unknown>;
}

export interface DecisionRequest {
  readonly headers: IncomingHttpHeaders;
  readonly checks: readonly AskedCheck[];
  readonly fresh: boolean;
}

/** How a request is answered; the default is what Portcullis says where everything is permitted. */
export type Answering = (request: DecisionRequest, response: ServerResponse) => unknown;

/** The documented answer of `decisions`, over HTTP, to whatever is asked; for answers that Portcullis itself never gives. */
export class DecidingServer {
  readonly requests: DecisionRequest[] = [];
  answering: Answering = ({ checks }, response) => answer(response, decided(checks));

  private constructor(
    readonly url: string,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async start(): Promise<DecidingServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const made = new DecidingServer(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
      server,
    );
    server.on('request', (incoming, response) => {
      void text(incoming).then((body) => {
        const { variables } = JSON.parse(body) as { variables: Omit<DecisionRequest, 'headers'> };
        const request = { headers: incoming.headers, ...variables };
        made.requests.push(request);
        made.answering(request, response);
      });
    });
    return made;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  /** `action Type::"id"` of each check, request by request. */
  get asked(): readonly (readonly string[])[] {
    return this.requests.map(({ checks }) =>
      checks.map(({ action, resource }) => `${qualifyAction(action, resource.type).id} ${uidText(resource)}`),
    );
  }
}

export function answer(
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** @param denied resources by their ids */
export const decided = (checks: readonly AskedCheck[], denied: readonly string[] = []) => ({
  data: { decisions: checks.map((check) => decision(check, !denied.includes(check.resource.id))) },
});

export const decision = ({ action, resource }: AskedCheck, allowed = true) => ({
  allowed,
  effect: allowed ? 'ALLOW' : 'DENY',
  reason: allowed ? 'PERMITTED' : 'NOT_PERMITTED',
  principal: { type: 'Identity::User', id: 'ada' },
  action: qualifyAction(action, resource.type),
  resource,
});

export const refused = (code: string, more: Record<string, unknown> = {}) => ({
  data: null,
  errors: [{ message: 'No.', extensions: { code, ...more } }],
});

/** A token whose claims can be read, as anybody could make one. */
export const tokenOf = (claims: Record<string, unknown>): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
