import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FakeClock } from '../support/fake-clock.js';
import { RunningApp } from '../support/running-app.js';
import { from, GATEWAY_SECRET, tryLogin } from '../support/tried-sign-ins.js';

const MINUTE = 60_000;

describe('an account that is tried', () => {
  const clock = new FakeClock();
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ GATEWAY_SECRET }, { clock });
  });
  afterAll(() => app.stop());

  const guess = (email: string, address: string) => tryLogin(app, { email, headers: from(address) });

  it('is locked for longer and longer, whether there is such an account or not, and tries meanwhile prolong nothing', async () => {
    for (const email of ['alice@example.com', 'nobody@example.com']) {
      for (let failure = 0; failure < 4; failure += 1) {
        expect((await guess(email, '198.51.100.1')).faults).toEqual(['INVALID_CREDENTIALS at login']);
      }
      for (const minutes of [1, 2, 4, 8, 15, 15]) {
        expect((await guess(email, '198.51.100.1')).faults).toEqual(['INVALID_CREDENTIALS at login']);
        const { errors, headers } = await guess(email, '198.51.100.1');
        expect(errors[0]?.extensions).toMatchObject({
          code: 'ACCOUNT_LOCKED',
          retry: { retryable: true, retryAfter: minutes * 60 },
        });
        expect(headers.get('retry-after')).toBe(String(minutes * 60));
        clock.advance(minutes * MINUTE - 1_000);
        expect((await guess(email, '198.51.100.1')).errors[0]?.extensions.retry.retryAfter).toBe(1);
        clock.advance(1_000);
      }
    }
  });

  it('stays open to its owner, whom a stranger on three networks cannot lock out; the fourth is one too many', async () => {
    const failFrom = async (address: string) => {
      for (let failure = 0; failure < 5; failure += 1) {
        expect((await guess('bob@example.com', address)).faults).toEqual(['INVALID_CREDENTIALS at login']);
      }
    };
    for (const address of ['198.51.100.2', '198.51.100.3', '198.51.100.4']) {
      await failFrom(address);
      expect((await guess('bob@example.com', address)).faults).toEqual(['ACCOUNT_LOCKED at login']);
    }
    await app.signIn('bob@example.com', { headers: from('203.0.113.9') });

    await failFrom('198.51.100.5');
    const { errors } = await guess('bob@example.com', '203.0.113.9');
    expect(errors[0]?.extensions).toMatchObject({ code: 'ACCOUNT_LOCKED', retry: { retryAfter: 60 } });
  });

  it('is not tried more often at once than is left', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => guess('carol@example.com', '198.51.100.3')),
    );
    const faults = answers.flatMap((answer) => answer.faults);
    const refused = answers
      .flatMap(({ errors }) => errors)
      .filter(({ extensions }) => extensions.code === 'ACCOUNT_LOCKED');
    expect(faults.filter((fault) => fault === 'INVALID_CREDENTIALS at login')).toHaveLength(5);
    expect(refused).toHaveLength(45);
  });
});
