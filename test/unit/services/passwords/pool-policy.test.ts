import type {
  CognitoIdentityProviderClient,
  PasswordPolicyType,
} from '@aws-sdk/client-cognito-identity-provider';
import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  assertPasswordConforms,
  passwordPolicySchema,
} from '../../../../src/embedded/cognito/password-policy.js';
import { createPolicyOf, policyBreaches } from '../../../../src/services/passwords/pool-policy.js';
import { openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

const ALL: PasswordPolicyType = {
  MinimumLength: 12,
  RequireLowercase: true,
  RequireUppercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
};

const rules = (password: string, policy = ALL) => policyBreaches(policy, password).map(({ rule }) => rule);

describe('the rules of a policy', () => {
  test('are all told that a password breaks, with their numbers', () => {
    expect(policyBreaches(ALL, 'ä')).toEqual([
      { rule: 'LENGTH', want: 'have at least 12 characters' },
      { rule: 'UPPERCASE', want: expect.stringContaining('upper-case') as string },
      { rule: 'LOWERCASE', want: expect.stringContaining('lower-case') as string },
      { rule: 'NUMBER', want: expect.stringContaining('digit') as string },
      { rule: 'SYMBOL', want: expect.stringContaining('symbol') as string },
    ]);
  });

  test('count characters, not their halves, and take a space within for a symbol', () => {
    expect(rules('Ab1-🐎🐎🐎🐎🐎🐎🐎')).toEqual(['LENGTH']);
    expect(rules('Ab1-🐎🐎🐎🐎🐎🐎🐎🐎')).toEqual([]);
    expect(rules('Correct Horse 9')).toEqual([]);
    expect(rules('Correct§Horse§9')).toEqual(['SYMBOL']);
    expect(rules('x', {})).toEqual([]);
  });

  test('are those by which the embedded Cognito judges', () => {
    const policies = fc.record({
      MinimumLength: fc.integer({ min: 6, max: 20 }),
      RequireUppercase: fc.boolean(),
      RequireLowercase: fc.boolean(),
      RequireNumbers: fc.boolean(),
      RequireSymbols: fc.boolean(),
    });
    const passwords = fc.string({
      unit: fc.constantFrom('a', 'B', '1', '-', ' ', 'é', 'e\u0301', 'É', '٣', '🐎', '§'),
      maxLength: 24,
    });
    fc.assert(
      fc.property(policies, passwords, (policy, text) => {
        const password = text.trim();
        const judge = () => assertPasswordConforms(passwordPolicySchema.parse(policy), password);
        if (policyBreaches(policy, password).length > 0) expect(judge).toThrow(/did not conform/);
        else expect(judge).not.toThrow();
      }),
    );
  });
});

describe('the policy of a pool', () => {
  let services: IdentityServices;
  beforeAll(async () => {
    services = await openIdentityServices();
  });
  afterAll(() => services.close());

  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });

  test('is read once in five minutes, however many ask', async () => {
    const { cognito, pools } = services;
    let reads = 0;
    const client = {
      send: (command: Parameters<CognitoIdentityProviderClient['send']>[0]) => {
        reads += 1;
        return cognito.sdk.send(command);
      },
    } as Pick<CognitoIdentityProviderClient, 'send'>;
    const policyOf = createPolicyOf({ client, pools, clock: cognito.clock, logger });
    const policies = await Promise.all([policyOf('END_USER'), policyOf('END_USER'), policyOf('ADMIN')]);
    for (const policy of policies) expect(policy).toMatchObject(ALL);
    expect(reads).toBe(2);
    cognito.clock.advance(5 * 60_000);
    await policyOf('END_USER');
    expect(reads).toBe(3);
    expect(lines).toEqual([]);
  });

  test('that may not be read is not known, and not asked for again at once', async () => {
    const { cognito, pools } = services;
    let reads = 0;
    const client = {
      send: () => {
        reads += 1;
        return Promise.reject(Object.assign(new Error('Not you.'), { name: 'AccessDeniedException' }));
      },
    } as unknown as Pick<CognitoIdentityProviderClient, 'send'>;
    const policyOf = createPolicyOf({ client, pools, clock: cognito.clock, logger });
    expect(await policyOf('END_USER')).toBeUndefined();
    expect(await policyOf('END_USER')).toBeUndefined();
    expect(reads).toBe(1);
    expect(lines).toHaveLength(1);
  });
});
