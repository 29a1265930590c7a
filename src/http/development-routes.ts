import type { FastifyInstance, FastifyReply } from 'fastify';

import { localOnly } from './local-only.js';
import { MAILBOX_CONTENT_SECURITY_POLICY, mailboxPage } from './mailbox-page.js';
import type { MailboxMessage } from './mailbox-page.js';
import { renderPlayground } from './playground.js';
import type { Playground } from './playground.js';

export interface DevelopmentRoutesOptions {
  /** Where the playground sends its operations, such as `/graphql`. */
  readonly graphqlPath: string;
  /** What was kept instead of being mailed, newest first. */
  readonly listMessages: () => Promise<readonly MailboxMessage[]>;
}

/**
 * A Fastify plugin for development alone: the playground at `/` and the mailbox at `/dev/mailbox`, the latter for this
 * machine's own users only.
 */
export async function developmentRoutes(
  fastify: FastifyInstance,
  { graphqlPath, listMessages }: DevelopmentRoutesOptions,
): Promise<void> {
  let playground: Promise<Playground> | undefined;

  fastify.get('/', async (_request, reply) => {
    playground ??= renderPlayground(graphqlPath);
    const { html, contentSecurityPolicy } = await playground;
    return page(reply, html, contentSecurityPolicy);
  });

  fastify.get('/dev/mailbox', { onRequest: localOnly }, async (request, reply) => {
    const messages = await listMessages();
    void reply.header('vary', 'Accept');
    if (!prefersJson(request.headers.accept)) {
      return page(reply, mailboxPage(messages), MAILBOX_CONTENT_SECURITY_POLICY);
    }
    return reply.send(messages.map(({ to, kind, code, sentAt }) => ({ to, kind, code, sentAt })));
  });
}

const page = (reply: FastifyReply, html: string, contentSecurityPolicy: string): FastifyReply =>
  reply.header('content-security-policy', contentSecurityPolicy).type('text/html; charset=utf-8').send(html);

/** A page, unless JSON is asked for before HTML or instead of it. */
function prefersJson(accept = ''): boolean {
  const json = accept.indexOf('application/json');
  const html = accept.indexOf('text/html');
  return json !== -1 && (html === -1 || json < html);
}
