import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  createSecurityEvents,
  type SecurityEvent,
} from '../../../../src/services/security-events/security-events.js';
import {
  createClientWatch,
  type ClientChangePolicy,
} from '../../../../src/services/sessions/client-watch.js';
import type { SessionStore } from '../../../../src/services/sessions/session.js';
import { PASSWORD } from '../../../support/embedded-cognito.js';
import { openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const HOME = { ipAddress: '192.0.2.7', userAgent: FIREFOX };
const THIEF = { ipAddress: '203.0.113.9', userAgent: 'curl/8.5.0' };

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterAll(() => services.close());

/** The services with a policy of their own, and what they report. */
const watched = (onChange: ClientChangePolicy, sessions: SessionStore = services.sessions) => {
  const logger = pino({ level: 'silent' });
  const reported: SecurityEvent[] = [];
  const events = {
    ...createSecurityEvents({ logger }),
    report: (event: SecurityEvent) => void reported.push(event),
  };
  const clientWatch = createClientWatch({ sessions, events, logger, onChange });
  return { authentication: services.authenticationWith({ clientWatch, sessions, events }), reported };
};

async function signedIn() {
  const { email } = await services.person();
  const signIn = await services.authentication.login(
    { email, password: PASSWORD, userType: 'END_USER' },
    HOME,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  const { id, userId } = signIn.viewer.session;
  return {
    header: `Bearer ${signIn.accessToken}`,
    refreshToken: signIn.refreshToken ?? '',
    id,
    userId,
    session: () => services.sessions.find(id),
  };
}

describe('a token that comes from a very different client', () => {
  test('is accepted, its session marked, and the client reported once, by whichever instance', async () => {
    const { header, id, userId, session } = await signedIn();
    const [one, other] = [watched('report'), watched('report')];
    const began = services.cognito.clock.now();
    for (const { authentication } of [one, one, other]) {
      expect((await authentication.authenticate(header, THIEF)).kind).toBe('viewer');
      await expect.poll(async () => (await session())?.suspiciousSince).toEqual(began);
      services.cognito.clock.advance(1_000);
    }
    const event = {
      type: 'SESSION_CLIENT_CHANGED',
      userId,
      sessionId: id,
      client: 'curl',
      network: '203.0.113.0/24',
    };
    await expect.poll(() => [...one.reported, ...other.reported]).toEqual([event]);

    await one.authentication.authenticate(header, { ...THIEF, userAgent: 'wget/1.2' });
    await expect.poll(() => one.reported.length).toBe(2);
    expect((await session())?.suspiciousSince).toEqual(began);
  });

  test('marks at most twenty clients of a session, however many there are', async () => {
    const { id } = await signedIn();
    const marks = Array.from({ length: 30 }, (_, index) => services.sessions.markClient(id, `${index}`));
    expect((await Promise.all(marks)).filter((isNew) => isNew)).toHaveLength(20);
  });

  test('is refused, and ends its session, where that is wanted', async () => {
    const { header, session } = await signedIn();
    const { authentication, reported } = watched('end');
    expect((await authentication.authenticate(header, HOME)).kind).toBe('viewer');
    expect(await authentication.authenticate(header, THIEF)).toMatchObject({
      kind: 'rejected',
      error: { code: 'UNAUTHENTICATED' },
    });
    expect(reported).toHaveLength(1);
    expect((await session())?.endReason).toBe('REVOKED');
    expect((await authentication.authenticate(header, HOME)).kind).toBe('rejected');
  });

  test.each([null, '', ' ', '%%%'])('is one that says of itself %j', async (userAgent) => {
    const nameless = { ...THIEF, userAgent };
    const one = await signedIn();
    const report = watched('report');
    expect((await report.authentication.authenticate(one.header, nameless)).kind).toBe('viewer');
    await expect
      .poll(() => report.reported)
      .toMatchObject([
        { type: 'SESSION_CLIENT_CHANGED', client: 'unknown client', network: '203.0.113.0/24' },
      ]);
    expect((await one.session())?.suspiciousSince).not.toBeNull();

    const two = await signedIn();
    const end = watched('end');
    expect((await end.authentication.authenticate(two.header, nameless)).kind).toBe('rejected');
    expect((await two.session())?.endReason).toBe('REVOKED');
  });

  test('is looked at when it is a refresh token, too', async () => {
    const one = await signedIn();
    const report = watched('report');
    await expect(report.authentication.refreshTokens(one.refreshToken, THIEF)).resolves.toBeDefined();
    await expect.poll(() => report.reported.length).toBe(1);

    const two = await signedIn();
    const end = watched('end');
    await expect(end.authentication.refreshTokens(two.refreshToken, THIEF)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect((await two.session())?.endReason).toBe('REVOKED');
  });

  test('is nothing where nobody wants to know', async () => {
    const { header, session } = await signedIn();
    const { authentication, reported } = watched('ignore');
    expect((await authentication.authenticate(header, THIEF)).kind).toBe('viewer');
    expect(reported).toEqual([]);
    expect((await session())?.suspiciousSince).toBeNull();
  });

  test('fails no request where it cannot be compared or marked, and is marked by the next', async () => {
    const { header, session } = await signedIn();
    let isDown = true;
    const { authentication, reported } = watched('report', {
      ...services.sessions,
      markClient: (...mark) =>
        isDown ? Promise.reject(new Error('No answer.')) : services.sessions.markClient(...mark),
    });
    const unreadable = {
      ...THIEF,
      get ipAddress(): string {
        throw new Error('The caller has left.');
      },
    };
    expect((await authentication.authenticate(header, unreadable)).kind).toBe('viewer');
    expect((await authentication.authenticate(header, THIEF)).kind).toBe('viewer');
    isDown = false;
    await expect
      .poll(async () => {
        await authentication.authenticate(header, THIEF);
        return (await session())?.suspiciousSince;
      })
      .toEqual(services.cognito.clock.now());
    await expect.poll(() => reported.length).toBe(1);
  });

  test('is refused where its session is to end and cannot be ended', async () => {
    const { header } = await signedIn();
    const { authentication } = watched('end', {
      ...services.sessions,
      end: () => Promise.reject(new Error('No answer.')),
    });
    expect((await authentication.authenticate(header, THIEF)).kind).toBe('rejected');
    expect((await authentication.authenticate(header, HOME)).kind).toBe('viewer');
  });
});
