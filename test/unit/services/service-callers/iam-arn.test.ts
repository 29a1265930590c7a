import { describe, expect, it } from 'vitest';

import { canonicalArn } from '../../../../src/services/service-callers/iam-arn.js';

const ROLE = 'arn:aws:iam::123456789012:role/orders';

describe('canonicalArn', () => {
  it.each([
    ['arn:aws:sts::123456789012:assumed-role/orders/i-0abc', ROLE],
    ['arn:aws:sts::123456789012:assumed-role/orders/me@example.com', ROLE],
    [ROLE, ROLE],
    ['arn:aws:iam::123456789012:role/team/blue/orders', ROLE],
    ['arn:aws:iam::123456789012:user/ada', 'arn:aws:iam::123456789012:user/ada'],
    ['arn:aws:iam::123456789012:user/ops/ada', 'arn:aws:iam::123456789012:user/ops/ada'],
    ['arn:aws-cn:sts::123456789012:assumed-role/orders/x', 'arn:aws-cn:iam::123456789012:role/orders'],
    ['arn:aws-us-gov:iam::123456789012:role/orders', 'arn:aws-us-gov:iam::123456789012:role/orders'],
  ])('%s is %s', (arn, canonical) => {
    expect(canonicalArn(arn)).toBe(canonical);
  });

  it.each([
    'arn:aws:iam::123456789012:root',
    'arn:aws:sts::123456789012:federated-user/orders',
    'arn:aws:iam::123456789012:group/orders',
    'arn:aws:iam::123456789012:role/',
    'arn:aws:iam::1234:role/orders',
    'arn:aws:iam::123456789012:role/*',
    'arn:aws:sts::123456789012:assumed-role/orders',
    'arn:aws:sts::123456789012:assumed-role/orders/x/y',
    'arn:aws:sts::123456789012:assumed-role/team/orders/x',
    'arn:azure:iam::123456789012:role/orders',
    `${ROLE}\n`,
    ` ${ROLE}`,
    'orders',
    '',
  ])('%j is neither a role nor a user', (arn) => {
    expect(canonicalArn(arn)).toBeUndefined();
  });

  it('is the canonical name of itself', () => {
    expect(canonicalArn(canonicalArn('arn:aws:iam::123456789012:role/a/b') ?? '')).toBe(
      'arn:aws:iam::123456789012:role/b',
    );
  });
});
