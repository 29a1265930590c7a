import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createCodeDelivery, maskEmail } from '../../../../src/embedded/cognito/code-delivery.js';

it('masks an address', () => {
  expect(maskEmail('frida@example.com')).toBe('f***@e***');
});

it('shows two characters of an address and not its length', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => {
      const masked = maskEmail(email);
      expect(masked).toMatch(/^.\*{3}@.\*{3}$/u);
      expect(masked[0]).toBe(email[0]);
    }),
  );
});

it('masks whatever it is given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(maskEmail(text)).toMatch(/\*{3}@.+\*{3}$/su);
    }),
  );
});

it('answers a failed delivery with an exception that holds no code, and logs none', async () => {
  const logged: unknown[] = [];
  const delivery = createCodeDelivery({
    mailer: {
      deliver: async ({ code }) => {
        throw new Error(`Failed query with ${code}`, { cause: new Error('connection lost') });
      },
    },
    logger: { warn: (...entry: unknown[]) => void logged.push(entry) },
  });
  const failed = delivery.deliver({ username: 'frida' }, 'frida@example.com', 'CONFIRMATION', '123456');
  await expect(failed).rejects.toMatchObject({ name: 'CodeDeliveryFailureException' });
  await expect(failed).rejects.not.toThrow('123456');
  expect(JSON.stringify(logged)).not.toContain('123456');
});
