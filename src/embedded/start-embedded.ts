import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

import type { Clock } from '../services/clock.js';
import type { Database, Db } from '../services/database/database.js';
import type { Logger } from '../services/logger.js';
import type { Randomness } from '../services/randomness.js';
import { createCognitoEngine, type CognitoEngine } from './cognito/index.js';
import { listMessages, createMailboxMailer, type DeliveredMessage } from './cognito/mailbox-mailer.js';
import type { Mailer } from './cognito/mailer.js';
import { createOutboxMailer } from './cognito/outbox-mailer.js';
import type { HashPassword } from './cognito/password-hashing.js';
import { createSecretBox } from './cognito/secret-box.js';
import { createSmtpMailer } from './cognito/smtp-mailer.js';
import { EMBEDDED_REGION, inProcessClient } from './in-process-client.js';
import { DEFAULT_LIFETIMES, type TokenLifetimes } from './provision-client.js';
import { provisionEmbedded, type Provisioned } from './provision.js';
import type { MfaPlan } from './provision-pools.js';
import { withProvisioningLock } from './provision-lock.js';
import { provisionAlways, provisionOnce } from './provision-memory.js';
import { seedPeople, type Seeded } from './seed.js';
import { seedServices, type SeededServices } from './seed-services.js';
import { createSettings } from './settings.js';
import { createStsEngine, type StsEngine } from './sts/index.js';
import {
  createVerifiedPermissionsEngine,
  type VerifiedPermissionsEngine,
} from './verified-permissions/index.js';

export interface EmbeddedOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** The folder of the Cedar schema and policies that the policy store is made to hold. */
  readonly policiesDir: string;
  /** Where `seed-credentials` goes. */
  readonly dataDir: string;
  readonly seedAdmin: { readonly email: string; readonly password?: string };
  /** Services that get credentials of their own; none when left out. */
  readonly seedServices?: readonly string[];
  /** 15 minutes and 7 days when left out. */
  readonly lifetimes?: TokenLifetimes;
  /** Development seeds people to try things out with, and keeps mail where it can be read. */
  readonly development: boolean;
  /** Whether others reach the engines too, who may have changed what was provisioned. */
  readonly isShared: boolean;
  /** The mail server; messages wait for it in the database. */
  readonly smtp?: { readonly url: string; readonly from: string };
  /** Whether administrators must have a second factor. */
  readonly adminMfa: MfaPlan['adminMfa'];
  /** The failed sign-in that locks an account for the first time; AWS's fifth when left out. */
  readonly lockingFailure?: number;
  /** What secrets at rest are encrypted under; a key in the database where left out. */
  readonly secretKey?: Uint8Array;
  /** At OWASP's minimal cost when left out. */
  readonly hashPassword?: HashPassword;
}

/** Embedded engines at work, with what the service needs provisioned in them. */
export interface Embedded extends Provisioned {
  readonly cognitoEngine: CognitoEngine;
  readonly verifiedPermissionsEngine: VerifiedPermissionsEngine;
  readonly stsEngine: StsEngine;
  /** The SDK's clients, answered in this process. */
  readonly cognito: CognitoIdentityProviderClient;
  readonly verifiedPermissions: VerifiedPermissionsClient;
  readonly seeded: Seeded;
  readonly seededServices: SeededServices;
  /** The mail and the text messages that were kept, newest first. */
  listMessages(): Promise<readonly DeliveredMessage[]>;
  /** Resolves once the engines use the database no more. */
  close(): Promise<void>;
}

const MAILBOX_SIZE = 100;

/**
 * Starts the engines on a database and makes what the service needs of them: pools, clients, groups, the
 * policy store with its policies, the first people.
 *
 * @throws PolicyFilesError where the policies do not parse or validate, with file and line
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { database, clock, randomness, logger, secretKey, hashPassword } = options;
  const foundations = { db: database.db, clock, randomness, logger };
  const withKey = { ...foundations, ...(secretKey && { secretKey }) };
  const post = options.smtp && createPost(withKey, options.smtp);
  const mailbox = options.development ? createMailboxMailer(foundations) : undefined;
  const mailers = [...(mailbox ? [mailbox] : []), ...(post ? [post.mailer] : [])];
  const cognitoEngine = createCognitoEngine({
    ...withKey,
    mailer: deliverToAll(mailers),
    // A mail server carries no text messages.
    ...(mailbox && { texts: mailbox }),
    ...(hashPassword && { hashPassword }),
    ...(options.lockingFailure !== undefined && { lockingFailure: options.lockingFailure }),
    region: EMBEDDED_REGION,
  });
  const verifiedPermissionsEngine = createVerifiedPermissionsEngine(foundations);
  const stsEngine = createStsEngine(foundations);
  const cognito = new CognitoIdentityProviderClient(inProcessClient(cognitoEngine.service));
  const verifiedPermissions = new VerifiedPermissionsClient(
    inProcessClient(verifiedPermissionsEngine.service),
  );

  const { provisioned, seeded, seededServices } = await withProvisioningLock(database, async () => {
    const settings = createSettings(database.db);
    const provisioned = await provisionEmbedded({
      cognito,
      verifiedPermissions,
      lifetimes: options.lifetimes ?? DEFAULT_LIFETIMES,
      mfa: { adminMfa: options.adminMfa, textMessages: mailbox !== undefined },
      policiesDir: options.policiesDir,
      provisioner: options.isShared ? provisionAlways : provisionOnce(settings),
      logger,
    });
    const seeded = await seedPeople({
      cognito,
      pools: provisioned.pools,
      dataDir: options.dataDir,
      admin: options.seedAdmin,
      demonstration: options.development,
      randomness,
      settings,
    });
    const services = await seedServices({
      ...foundations,
      cognito,
      accessKeys: stsEngine.accessKeys,
      poolId: provisioned.pools.ADMIN.poolId,
      names: options.seedServices ?? [],
      dataDir: options.dataDir,
      settings,
    });
    return { provisioned, seeded, seededServices: services };
  });
  post?.mailer.start();
  return {
    ...provisioned,
    cognitoEngine,
    verifiedPermissionsEngine,
    stsEngine,
    cognito,
    verifiedPermissions,
    seeded,
    seededServices,
    listMessages: () => listMessages(database.db, MAILBOX_SIZE),
    close: async () => post?.close(),
  };
}

/** Who signs up neither waits for the mail server nor hears of its troubles: both would tell whether there is a user. */
function createPost(
  foundations: { db: Db; clock: Clock; randomness: Randomness; logger: Logger; secretKey?: Uint8Array },
  { url, from }: NonNullable<EmbeddedOptions['smtp']>,
) {
  const smtp = createSmtpMailer({ smtpUrl: url, from });
  const mailer = createOutboxMailer({
    ...foundations,
    secrets: createSecretBox(foundations),
    mailer: smtp,
  });
  const close = async () => {
    await mailer.close();
    smtp.close();
  };
  return { mailer, close };
}

const deliverToAll = (mailers: readonly Mailer[]): Mailer => ({
  async deliver(message) {
    await Promise.all(mailers.map((mailer) => mailer.deliver(message)));
  },
});
