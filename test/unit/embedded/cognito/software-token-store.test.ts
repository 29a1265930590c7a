import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createSecretBox } from '../../../../src/embedded/cognito/secret-box.js';
import { createSoftwareTokenStore } from '../../../../src/embedded/cognito/software-token-store.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { makeUser, openCognitoWithPool, type EmbeddedCognito } from '../../../support/embedded-cognito.js';
import { STEP, totpAt } from '../../../support/embedded-mfa.js';

let cognito: EmbeddedCognito;
let poolId: string;
beforeAll(async () => {
  ({ cognito, poolId } = await openCognitoWithPool());
});
afterAll(() => cognito.close());

const openStore = () => {
  const { db, clock } = cognito;
  const foundations = { db, clock, randomness: systemRandomness };
  return createSoftwareTokenStore({ ...foundations, secrets: createSecretBox(foundations) });
};

it('accepts no step twice, and none before one that was accepted, however codes come', async () => {
  // Two stores, as two instances on one database.
  const stores = [openStore(), openStore()] as const;
  const owner = { poolId, sub: await makeUser(cognito, poolId, 'steps@example.com') };
  const events = fc.array(
    fc.record({
      /** Milliseconds that pass before, and the steps around the present one whose codes then come at once. */
      wait: fc.integer({ min: 0, max: 2 * STEP }),
      offsets: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(events, async (sequence) => {
      const secret = await stores[0].associate(owner);
      await stores[0].verify(owner, totpAt(cognito, secret), null);
      const stepNow = () => Math.floor(cognito.clock.now().getTime() / STEP);
      let last = stepNow();
      for (const { wait, offsets } of sequence) {
        cognito.clock.advance(wait);
        // One time in many thousands, two steps have one code, which then does not say which step it is of.
        const codes = [-3, -2, -1, 0, 1, 2].map((offset) => totpAt(cognito, secret, offset * STEP));
        if (new Set(codes).size < codes.length) continue;
        const now = stepNow();
        const accepted = await Promise.all(
          offsets.map((offset, index) =>
            (stores[index % 2] ?? stores[0]).redeem(owner, totpAt(cognito, secret, offset * STEP)).then(
              () => [now + offset],
              () => [],
            ),
          ),
        );
        const steps = accepted.flat();
        expect(new Set(steps).size).toBe(steps.length);
        for (const step of steps) {
          expect(step).toBeGreaterThan(last);
          expect(Math.abs(step - now)).toBeLessThanOrEqual(1);
        }
        // Whoever comes with the newest code that is good, and was not used, is let in.
        const newest = Math.max(...offsets.filter((offset) => offset <= 1)) + now;
        if (newest > last && newest >= now - 1) expect(steps).toContain(newest);
        last = Math.max(last, ...steps);
      }
    }),
    { numRuns: 25 },
  );
});

it('keeps one of several secrets that are given out at once', async () => {
  const store = openStore();
  const owner = { poolId, sub: await makeUser(cognito, poolId, 'several@example.com') };
  const secrets = await Promise.all([store.associate(owner), store.associate(owner), store.associate(owner)]);
  const outcomes = await Promise.allSettled(
    secrets.map((secret) => store.verify(owner, totpAt(cognito, secret), 'Telephone')),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await store.find(owner)).toEqual({ deviceName: 'Telephone' });
});

it('knows no authenticator of who has none', async () => {
  const store = openStore();
  const owner = { poolId, sub: await makeUser(cognito, poolId, 'none@example.com') };
  expect(await store.find(owner)).toBeUndefined();
  await store.associate(owner);
  expect(await store.find(owner)).toBeUndefined();
  await expect(store.redeem(owner, '123456')).rejects.toMatchObject({
    name: 'SoftwareTokenMFANotFoundException',
  });
});
