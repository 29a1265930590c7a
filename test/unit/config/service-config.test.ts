import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../../src/config/config-error.js';
import { parseConfig } from '../../../src/config/parse-config.js';

const AWS = {
  AWS_REGION: 'eu-west-1',
  COGNITO_END_USER_POOL_ID: 'eu-west-1_AbCdEfGhI',
  COGNITO_END_USER_CLIENT_ID: 'enduserclient',
  COGNITO_ADMIN_POOL_ID: 'eu-west-1_JkLmNoPqR',
  COGNITO_ADMIN_CLIENT_ID: 'adminclient',
  AVP_POLICY_STORE_ID: 'PSEXAMPLEabcdefg111111',
};
const ROLE = 'arn:aws:iam::123456789012:role/orders';

const servicesOf = (env: Record<string, string>) => {
  const { identity } = parseConfig({ ...AWS, ...env });
  return identity.mode === 'aws' ? identity.services : undefined;
};
const faultsOf = (env: Record<string, string>) => {
  try {
    servicesOf(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
  return [];
};

describe('services', () => {
  it('are none where none are named', () => {
    expect(servicesOf({})).toEqual({ clients: new Map() });
  });

  it('are named by client, role and user', () => {
    expect(
      servicesOf({
        SERVICE_CLIENTS: 'a1=orders, b2=billing',
        SERVICE_ROLES: `${ROLE}=orders, arn:aws:iam::123456789012:role/team/x=y=equal,arn:aws:iam::123456789012:user/ops/ada=ops`,
        SERVICE_AUDIENCE: 'identity.example.com',
        STS_ENDPOINT: 'http://127.0.0.1:9231',
      }),
    ).toEqual({
      clients: new Map([
        ['a1', 'orders'],
        ['b2', 'billing'],
      ]),
      iam: {
        roles: new Map([
          [ROLE, 'orders'],
          // No assumed role tells its path.
          ['arn:aws:iam::123456789012:role/x=y', 'equal'],
          ['arn:aws:iam::123456789012:user/ops/ada', 'ops'],
        ]),
        audience: 'identity.example.com',
        stsEndpoint: 'http://127.0.0.1:9231',
      },
    });
  });

  it.each([
    ['roles without an audience', { SERVICE_ROLES: `${ROLE}=orders` }, ['SERVICE_AUDIENCE']],
    ['an audience without roles', { SERVICE_AUDIENCE: 'x' }, ['SERVICE_ROLES']],
    ['an STS without roles', { STS_ENDPOINT: 'http://127.0.0.1:9231' }, ['SERVICE_ROLES']],
    [
      'an STS below a path',
      { SERVICE_ROLES: `${ROLE}=orders`, SERVICE_AUDIENCE: 'x', STS_ENDPOINT: 'http://127.0.0.1:9231/sts' },
      ['STS_ENDPOINT'],
    ],
    [
      'an STS on another machine by plain http in production',
      {
        PORTCULLIS_ENV: 'production',
        SERVICE_ROLES: `${ROLE}=orders`,
        SERVICE_AUDIENCE: 'x',
        STS_ENDPOINT: 'http://10.0.0.1',
      },
      ['STS_ENDPOINT'],
    ],
    [
      'the client that administrators sign in by',
      { SERVICE_CLIENTS: 'adminclient=orders' },
      ['SERVICE_CLIENTS'],
    ],
    [
      'the client that end users sign in by',
      { SERVICE_CLIENTS: 'enduserclient=orders' },
      ['SERVICE_CLIENTS'],
    ],
  ])('refuse %s', (_what, env, faults) => {
    expect(faultsOf(env)).toEqual(faults);
  });

  it.each([
    ['SERVICE_CLIENTS', 'orders'],
    ['SERVICE_CLIENTS', '=orders'],
    ['SERVICE_CLIENTS', 'a1='],
    ['SERVICE_CLIENTS', 'a1=or ders'],
    ['SERVICE_CLIENTS', 'a1=orders,a1=billing'],
    ['SERVICE_CLIENTS', 'a1=orders,'],
    ['SERVICE_ROLES', 'orders=orders'],
    ['SERVICE_ROLES', 'arn:aws:iam::123456789012:role/*=orders'],
    ['SERVICE_ROLES', 'arn:aws:iam::123456789012:root=orders'],
    ['SERVICE_ROLES', 'arn:aws:sts::123456789012:assumed-role/orders/one=orders'],
    ['SERVICE_ROLES', `${ROLE}=orders,arn:aws:iam::123456789012:role/path/orders=billing`],
    ['SERVICE_AUDIENCE', 'two words'],
  ])('refuse %s=%s', (name, value) => {
    const others = { SERVICE_ROLES: `${ROLE}=orders`, SERVICE_AUDIENCE: 'x' };
    expect(faultsOf({ ...others, [name]: value })).toEqual([name]);
  });

  it('choose AWS, and then all of it', () => {
    expect(() => parseConfig({ SERVICE_CLIENTS: 'a1=orders' })).toThrow('SERVICE_CLIENTS chooses AWS');
  });

  it('of embedded engines are those that are to be seeded: one in development, none in production', () => {
    const seeds = (env: Record<string, string>) => {
      const { identity } = parseConfig(env);
      return identity.mode === 'embedded' ? identity.seedServices : undefined;
    };
    const production = { PORTCULLIS_ENV: 'production', SMTP_URL: 'smtp://mail' };
    expect(seeds({})).toEqual(['demonstration']);
    expect(seeds(production)).toEqual([]);
    expect(seeds({ ...production, SEED_SERVICES: 'orders' })).toEqual(['orders']);
  });
});
