import { expect, it } from 'vitest';

import { createLogger } from '../../../../src/services/create-logger.js';
import { createSecurityEvents } from '../../../../src/services/security-events/security-events.js';

it('each event is a warning with what is known of it and the total of its type', () => {
  const lines: string[] = [];
  const events = createSecurityEvents({
    logger: createLogger('info', { write: (line) => void lines.push(line) }),
  });
  const other = {
    type: 'SESSION_CLIENT_CHANGED',
    userId: 'user-1',
    sessionId: 'session-1',
    client: 'Firefox on Linux',
    network: '203.0.113.0/24',
  } as const;
  const lock = {
    type: 'ACCOUNT_LOCKED',
    kind: 'password',
    userType: 'END_USER',
    account: 'jGEDGMQzlqcG0ZiRcHVzKw',
    from: 'ONE_ADDRESS',
    seconds: 60,
  } as const;
  events.report(other);
  events.report(lock);
  events.report({ type: 'REFRESH_TOKEN_REUSED', userId: 'user-1', sessionId: 'session-1' });
  events.report(lock);

  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const [, ...facts] = Object.entries(other);
  const [, ...lockFacts] = Object.entries(lock);
  const common = { level: 40, time: expect.any(Number) as number, msg: 'A security event.' };
  expect(logged).toEqual([
    { ...common, securityEvent: 'SESSION_CLIENT_CHANGED', ...Object.fromEntries(facts), total: 1 },
    { ...common, securityEvent: 'ACCOUNT_LOCKED', ...Object.fromEntries(lockFacts), total: 1 },
    { ...common, securityEvent: 'REFRESH_TOKEN_REUSED', userId: 'user-1', sessionId: 'session-1', total: 1 },
    { ...common, securityEvent: 'ACCOUNT_LOCKED', ...Object.fromEntries(lockFacts), total: 2 },
  ]);
  expect(events.counts()).toEqual(
    new Map([
      ['SESSION_CLIENT_CHANGED', 1],
      ['ACCOUNT_LOCKED', 2],
      ['REFRESH_TOKEN_REUSED', 1],
    ]),
  );
});
