import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';
import { sql } from 'drizzle-orm';
import pino from 'pino';

import { inProcessRequestHandler } from '../../src/embedded/aws-json.js';
import { createCognitoEngine } from '../../src/embedded/cognito/index.js';
import { createVerifiedPermissionsEngine } from '../../src/embedded/verified-permissions/index.js';
import { systemClock } from '../../src/services/clock.js';
import type { Database } from '../../src/services/database/database.js';
import { hashCheaply } from './cheap-passwords.js';
import { recordingHandler } from './recording-handler.js';
import type { RecordingHandler } from './recording-handler.js';
import { testRandomness } from './test-randomness.js';
import { verifiedPermissionsClient } from './verified-permissions-client.js';

export interface EmbeddedClients {
  readonly cognito: CognitoIdentityProviderClient;
  readonly verifiedPermissions: VerifiedPermissionsClient;
  /** What stands between each client and its engine. */
  readonly cognitoCalls: RecordingHandler;
  readonly verifiedPermissionsCalls: RecordingHandler;
}

const silent = pino({ level: 'silent' });

/** SDK clients of the embedded engines on a database. Nothing is tried twice and nothing is mailed. */
export function embeddedClients({ db }: Database): EmbeddedClients {
  const foundations = { db, clock: systemClock, randomness: testRandomness, logger: silent };
  const cognitoEngine = createCognitoEngine({
    ...foundations,
    hashPassword: hashCheaply,
    region: 'eu-west-1',
    mailer: { deliver: async () => {} },
    texts: { deliver: async () => {} },
  });
  const cognitoCalls = recordingHandler(inProcessRequestHandler(cognitoEngine.service));
  const verifiedPermissionsCalls = recordingHandler(
    inProcessRequestHandler(createVerifiedPermissionsEngine(foundations).service),
  );
  return {
    cognito: new CognitoIdentityProviderClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler: cognitoCalls,
      maxAttempts: 1,
    }),
    verifiedPermissions: verifiedPermissionsClient(verifiedPermissionsCalls),
    cognitoCalls,
    verifiedPermissionsCalls,
  };
}

/** Lets every call through until `allowed` of them were made; each one after that fails, as if the process were dying. */
export function cutShortAfter(calls: RecordingHandler, allowed: number): void {
  let made = 0;
  calls.disturb(() => {
    made += 1;
    return made > allowed
      ? { kind: 'exception', name: 'InternalServerException', statusCode: 500 }
      : undefined;
  });
}

/** Empties everything that provisioning and seeding make. */
export async function forgetProvisioned({ db }: Database): Promise<void> {
  await db.execute(sql`truncate embedded_cognito.user_pools, identity.settings cascade`);
  await db.execute(sql`truncate embedded_verified_permissions.policy_stores cascade`);
}

/** Empties what seeding makes, and leaves the pools: their keys take long to make. */
export async function forgetSeeded({ db }: Database): Promise<void> {
  await db.execute(sql`truncate embedded_cognito.users, identity.settings cascade`);
}
