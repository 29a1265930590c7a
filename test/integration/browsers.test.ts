import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freePort } from '../support/programs.js';
import { RunningApp } from '../support/running-app.js';

const ORIGIN = 'https://app.example.com';

describe('a browser', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ CORS_ORIGINS: `${ORIGIN}, http://localhost:3000` });
  });
  afterAll(() => app.stop());

  const preflight = (url: string, origin: string) =>
    fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-subject-token',
      },
    });

  it.each([ORIGIN, 'http://localhost:3000'])('lets a page of %s ask, without its cookies', async (origin) => {
    const { status, headers } = await preflight(app.url, origin);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
    // Services are no pages.
    expect(headers.get('access-control-allow-headers')).not.toContain('x-subject-token');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toMatch(/origin/i);
    const answer = await app.ask('{ me { id } }', { headers: { origin } });
    expect(answer.data).toEqual({ me: null });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
  });

  it.each(['https://evil.example.com', 'https://app.example.com.evil.com', 'http://app.example.com', 'null'])(
    'lets no page of %s read an answer',
    async (origin) => {
      for (const { headers } of [
        await preflight(app.url, origin),
        await app.ask('{ me { id } }', { headers: { origin } }),
      ]) {
        expect(headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it.each([{ origin: ORIGIN }, { 'access-control-request-method': 'POST' }])(
    'is told that a preflight with %j alone is none',
    async (headers) => {
      const response = await fetch(`${app.url}/graphql`, { method: 'OPTIONS', headers });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    },
  );

  it('lets no page ask where nothing is configured', async () => {
    const closed = await RunningApp.start();
    const { headers } = await preflight(closed.url, ORIGIN);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    await closed.stop();
  });

  it.each(['/graphql', '/nothing', '/dev/mailbox', '/'])(
    'shows %s within no other page, and keeps nothing',
    async (path) => {
      const { headers } = await fetch(`${app.url}${path}`, { headers: { accept: 'text/html' } });
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );

  it('keeps no answer', async () => {
    const { headers } = await app.ask('{ me { id } }');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('speaks TLS to production for ever, and may speak plainly to development', async () => {
    expect((await app.ask('{ me { id } }')).headers.get('strict-transport-security')).toBeNull();
    const production = await RunningApp.start({
      PORTCULLIS_ENV: 'production',
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
    });
    const { headers } = await production.ask('{ me { id } }');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
    await production.stop();
  });
});
