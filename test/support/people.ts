import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';

import { PASSWORD, type RunningApp } from './running-app.js';

/** Makes confirmed end users at the embedded Cognito, behind the service's back. Answers their ids. */
export async function makePeople({ app }: RunningApp, count: number): Promise<readonly string[]> {
  const { cognito, pools } = app.embedded!;
  const people = Array.from({ length: count }, async (_, index) => {
    const person = { UserPoolId: pools.END_USER.poolId, Username: `person-${index}@example.com` };
    const { User } = await cognito.send(new AdminCreateUserCommand({ ...person, MessageAction: 'SUPPRESS' }));
    await cognito.send(new AdminSetUserPasswordCommand({ ...person, Password: PASSWORD, Permanent: true }));
    return User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
  });
  return Promise.all(people);
}
