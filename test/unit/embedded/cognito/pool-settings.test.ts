import { CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { expect, it } from 'vitest';

import { openEmbeddedCognito } from '../../../support/embedded-cognito.js';

it('refuses multi-factor authentication instead of leaving it aside, and says why', async () => {
  const cognito = await openEmbeddedCognito();
  const create = (MfaConfiguration: 'OFF' | 'ON' | 'OPTIONAL') =>
    cognito.sdk.send(new CreateUserPoolCommand({ PoolName: 'people', MfaConfiguration }));
  for (const mfa of ['ON', 'OPTIONAL'] as const) {
    await expect(create(mfa)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('multi-factor authentication is not supported') as string,
    });
  }
  expect((await create('OFF')).UserPool?.MfaConfiguration).toBe('OFF');
  await cognito.close();
});
