import fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  createCodeDelivery,
  maskEmail,
  maskPhoneNumber,
} from '../../../../src/embedded/cognito/code-delivery.js';
import { keptPoolSettingsSchema } from '../../../../src/embedded/cognito/pool-settings.js';

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

it('shows the last four digits of a telephone number', () => {
  expect(maskPhoneNumber('+15550101234')).toBe('+*******1234');
  fc.assert(
    fc.property(fc.stringMatching(/^\+[1-9]\d{6,14}$/), (number) => {
      expect(maskPhoneNumber(number)).toMatch(/^\+\**\d{4}$/);
      expect(maskPhoneNumber(number)).toHaveLength(number.length);
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

it('shows the last four digits of a number', () => {
  expect(maskPhoneNumber('+15550101234')).toBe('+*******1234');
});

it('sends text messages by what carries them, and none where nothing does', async () => {
  const carried: string[] = [];
  const carrier = (name: string) => ({
    deliver: async ({ to }: { to: string }) => void carried.push(`${name} ${to}`),
  });
  const logger = { warn: () => undefined };
  const user = { username: 'frida' };
  const both = createCodeDelivery({ mailer: carrier('mail'), texts: carrier('text'), logger });
  expect(await both.deliver(user, '+15550101234', 'VERIFICATION', '123456')).toEqual({
    Destination: '+*******1234',
    DeliveryMedium: 'SMS',
    AttributeName: 'phone_number',
  });
  await both.deliver(user, 'frida@example.com', 'VERIFICATION', '123456');
  await both.pretend('frida@example.com', 'PASSWORD_RESET', '123456');
  expect(carried).toEqual(['text +15550101234', 'mail frida@example.com', 'mail ']);
  const mailOnly = createCodeDelivery({ mailer: carrier('mail'), logger });
  await expect(mailOnly.deliver(user, '+15550101234', 'VERIFICATION', '123456')).rejects.toMatchObject({
    name: 'InvalidSmsRoleAccessPolicyException',
  });
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

it('answers a text message that failed with neither its code nor its number, and logs neither', async () => {
  const logged: unknown[] = [];
  const failing = {
    deliver: async ({ to, code }: { to: string; code: string }) => {
      throw new Error(`Failed query with ${to} and ${code}`, { cause: new Error('connection lost') });
    },
  };
  const logger = { warn: (...entry: unknown[]) => void logged.push(entry) };
  const pool = { settings: keptPoolSettingsSchema.parse({}) };
  const send = (texts?: typeof failing) =>
    createCodeDelivery({ mailer: failing, logger, ...(texts && { texts }) }).deliverMfaCode(
      'SMS_MFA',
      '+15550101234',
      '123456',
      pool,
    );
  await expect(send(failing)).rejects.toMatchObject({ name: 'CodeDeliveryFailureException' });
  await expect(send()).rejects.toMatchObject({ name: 'InvalidSmsRoleAccessPolicyException' });
  expect(JSON.stringify(logged)).not.toMatch(/123456|5550101/);
});
