import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

export interface AuditedServer {
  /** Where it answers GraphQL. */
  readonly url: string;
  /** Sent with every request, beside what the audit sends. */
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * All audits of graphql-http, which hold a server against the GraphQL over HTTP specification. A server keeps
 * it when it breaks nothing that the specification demands, and nothing that it recommends and that Apollo
 * Server, bare on Fastify, keeps.
 */
export function graphqlHttpConformance(name: string, open: () => Promise<AuditedServer>): void {
  describe(`${name} keep GraphQL over HTTP`, () => {
    let audited: AuditedServer;
    let bare: FastifyInstance;
    let bareUrl: string;

    beforeAll(async () => {
      audited = await open();
      const apollo = new ApolloServer({ typeDefs: 'type Query { hello: String }' });
      await apollo.start();
      bare = fastify();
      await bare.register(fastifyApollo(apollo));
      bareUrl = `${await bare.listen({ host: '127.0.0.1', port: 0 })}/graphql`;
    });
    afterAll(() => Promise.all([audited.stop(), bare.close()]));

    const fetchAudited: typeof fetch = (input, init) =>
      fetch(input, {
        ...init,
        headers: { ...audited.headers, ...(init?.headers as Record<string, string>) },
      });
    const audits = serverAudits({ url: () => audited.url, fetchFn: fetchAudited });
    const bareAudits = new Map(serverAudits({ url: () => bareUrl }).map((audit) => [audit.id, audit]));

    test.each(audits.map(({ id, name, fn }) => [id, name, fn] as const))('%s: %s', async (id, _name, fn) => {
      const [found, bareFound] = [await fn(), await bareAudits.get(id)?.fn()];
      const reason = found.status === 'ok' ? undefined : found.reason;
      const accepted = bareFound?.status === 'warn' ? ['ok', 'notice', 'warn'] : ['ok', 'notice'];
      expect(accepted, reason).toContain(found.status);
    });
  });
}
