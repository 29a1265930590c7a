import { createHash } from 'node:crypto';

import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { developmentRoutes } from '../../../src/http/development-routes.js';
import type { MailboxMessage } from '../../../src/http/mailbox-page.js';

const messages: readonly MailboxMessage[] = [
  {
    to: '<script>alert("1")</script>@example.com',
    kind: 'INVITATION',
    code: `&'"<`,
    sentAt: new Date('2026-02-03T04:05:06.007Z'),
  },
  { to: 'alice@example.com', kind: 'CONFIRMATION', code: '123456', sentAt: new Date('2026-01-01T00:00:00Z') },
];

const server = fastify();
const local = { host: 'localhost:4000' };

beforeAll(async () => {
  await server.register(developmentRoutes, { graphqlPath: '/graphql', listMessages: async () => messages });
});

afterAll(() => server.close());

describe('/', () => {
  it('is one page that loads nothing, under a policy that lets it load nothing', async () => {
    const { body, headers } = await server.inject({ url: '/', headers: local });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    // The scripts hold addresses as text; what the browser would fetch by itself is in tags and style sheets.
    const tags = body.replaceAll(/<script>[\s\S]*?<\/script>/g, '');
    expect(tags.match(/(?:src|href)\s*=\s*["']?(?!data:)[^"'\s>]+/gi)).toBeNull();
    expect(tags.match(/@import|url\(\s*["']?(?:https?:)?\/\//gi)).toBeNull();

    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
    for (const [, script = ''] of body.matchAll(/<script>([\s\S]*?)<\/script>/g)) {
      expect(policy).toContain(createHash('sha256').update(script).digest('base64'));
    }
  });

  it('has a tab for each example', async () => {
    const { body } = await server.inject({ url: '/', headers: local });
    for (const operation of ['SignIn', 'Me', 'GuardedList', 'Decisions']) {
      expect(body).toMatch(new RegExp(`(mutation|query) ${operation}\\b`));
    }
    expect(body).toContain('"endpoint":"/graphql"');
    expect(body).toContain('"shouldPersistHeaders":false');
  });
});

describe('/dev/mailbox', () => {
  it('shows the messages in the order given, whatever is in them taken for text', async () => {
    const { body, headers } = await server.inject({ url: '/dev/mailbox', headers: local });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).not.toContain('<script');
    expect(body).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;@example.com');
    expect(body).toContain('<code>&amp;&#39;&quot;&lt;</code>');
    expect(body.indexOf('INVITATION')).toBeLessThan(body.indexOf('CONFIRMATION'));
    expect(body).not.toMatch(/(src|href)=/);
  });

  it('answers JSON to who asks for it', async () => {
    const { headers, body } = await server.inject({
      url: '/dev/mailbox',
      headers: { ...local, accept: 'application/json' },
    });
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(body)).toEqual(
      messages.map((message) => ({ ...message, sentAt: message.sentAt.toISOString() })),
    );
  });

  it('answers a browser, which takes anything, with the page', async () => {
    const accept = 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8';
    const { headers } = await server.inject({ url: '/dev/mailbox', headers: { ...local, accept } });
    expect(headers['content-type']).toMatch(/^text\/html/);
  });

  it('is not there for other machines', async () => {
    const outside = await server.inject({ url: '/dev/mailbox', headers: local, remoteAddress: '192.0.2.1' });
    const rebound = await server.inject({ url: '/dev/mailbox', headers: { host: 'rebound.example' } });
    expect([outside.statusCode, rebound.statusCode]).toEqual([404, 404]);
    expect(outside.body + rebound.body).not.toContain('123456');
  });
});
