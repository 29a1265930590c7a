import { expect, it } from 'vitest';

import { clientSettingsSchema } from '../../../../src/embedded/cognito/client-settings.js';

const faults = (settings: object) => clientSettingsSchema.safeParse(settings).error?.issues ?? [];
const rotating = { RefreshTokenRotation: { Feature: 'ENABLED' } };

it.each([
  [
    'ALLOW_REFRESH_TOKEN_AUTH beside rotation',
    'ExplicitAuthFlows',
    { ...rotating, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] },
  ],
  ['the default flows beside rotation', 'ExplicitAuthFlows', rotating],
  [
    'old names of flows beside new ones',
    'ExplicitAuthFlows',
    { ExplicitAuthFlows: ['USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] },
  ],
  [
    'access tokens that outlast the refresh token',
    'AccessTokenValidity',
    {
      AccessTokenValidity: 2,
      RefreshTokenValidity: 60,
      TokenValidityUnits: { RefreshToken: 'minutes' },
    },
  ],
  [
    'ID tokens that outlast the refresh token',
    'IdTokenValidity',
    { IdTokenValidity: 2, RefreshTokenValidity: 60, TokenValidityUnits: { RefreshToken: 'minutes' } },
  ],
  ['access tokens of two days', 'AccessTokenValidity', { AccessTokenValidity: 48 }],
])('refuses %s', (_what, member, settings) => {
  expect(faults(settings)).toMatchObject([{ path: [member] }]);
});

it.each([
  ['nothing at all', {}],
  ['old names alone', { ExplicitAuthFlows: ['USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'] }],
  ['rotation without the flow', { ...rotating, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] }],
  [
    'tokens that all live for an hour',
    { RefreshTokenValidity: 60, TokenValidityUnits: { RefreshToken: 'minutes' } },
  ],
])('takes %s', (_what, settings) => {
  expect(faults(settings)).toEqual([]);
});
