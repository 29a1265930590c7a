import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

import type { Clock } from '../services/clock.js';
import type { Randomness } from '../services/randomness.js';
import { randomText } from './cognito/identifiers.js';
import { writePrivateFile } from './private-file.js';
import { provisionScopes, provisionServiceClient } from './provision-services.js';
import type { Settings } from './settings.js';
import type { AccessKeyStore } from './sts/access-key-store.js';

/** A service that the engines know, and how it may prove itself. */
export interface SeededService {
  readonly name: string;
  /** Of its app client in the administrators' pool. */
  readonly clientId: string;
  /** Of its user in IAM. */
  readonly arn: string;
}

export interface SeededServices {
  readonly services: readonly SeededService[];
  /** The file with their secrets: `name clientId clientSecret accessKeyId secretAccessKey` a line; undefined where it is gone. */
  readonly credentialsPath: string | undefined;
}

export interface SeedServicesOptions {
  readonly cognito: CognitoIdentityProviderClient;
  readonly accessKeys: AccessKeyStore;
  /** The pool that has the clients. */
  readonly poolId: string;
  readonly names: readonly string[];
  readonly dataDir: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly settings: Settings;
}

const MEMORY = 'seeded-services';
const ACCOUNT = '000000000000';

/**
 * Makes services that call in their own name, each once in a database's life: an app client with a secret for tokens, and
 * an access key for signed requests. Their secrets go to `service-credentials` before anybody knows them.
 */
export async function seedServices(options: SeedServicesOptions): Promise<SeededServices> {
  const { names, settings } = options;
  const path = join(options.dataDir, 'service-credentials');
  const remembered = JSON.parse((await settings.get(MEMORY)) ?? '[]') as SeededService[];
  const isKnown = (name: string) => remembered.some((service) => service.name === name);
  const missing = [...new Set(names)].filter((name) => !isKnown(name));
  if (missing.length > 0) {
    await provisionScopes(options.cognito, options.poolId);
    for (const name of missing) remembered.push(await seedService(options, path, name));
    await settings.set(MEMORY, JSON.stringify(remembered));
  }
  return {
    services: remembered.filter(({ name }) => names.includes(name)),
    credentialsPath: (await readLines(path)).length > 0 ? path : undefined,
  };
}

async function seedService(options: SeedServicesOptions, path: string, name: string): Promise<SeededService> {
  const { clientId, secret } = await provisionServiceClient(options.cognito, options.poolId, name);
  const arn = `arn:aws:iam::${ACCOUNT}:user/${name}`;
  const key = await accessKeyOf(options, arn);
  const others = (await readLines(path)).filter((line) => !line.startsWith(`${name} `));
  const line = [name, clientId, secret, key.id, key.secret].join(' ');
  await writePrivateFile(path, [...others, line, ''].join('\n'), options.randomness);
  return { name, clientId, arn };
}

/** An access key as IAM makes them: 20 capitals and digits, and a secret of 40 characters (here letters and digits alone). */
async function accessKeyOf(
  { accessKeys, clock, randomness }: SeedServicesOptions,
  arn: string,
): Promise<{ id: string; secret: string }> {
  const [known] = await accessKeys.listOf(arn);
  if (known) return known;
  const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const key = {
    id: `AKIA${randomText(randomness, `${capitals}234567`, 16)}`,
    secret: randomText(randomness, `${capitals}${capitals.toLowerCase()}0123456789`, 40),
  };
  await accessKeys.create({ ...key, sessionToken: null, arn, createdAt: clock.now() });
  return key;
}

async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line !== '');
}
