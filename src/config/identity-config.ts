import type { UserType } from '../services/users/user-store.js';
import { needsNoStore } from './authorization-config.js';
import type { ConfigFault } from './config-error.js';
import { isSet } from './read-values.js';
import type { Environment } from './read-values.js';
import { isLocalHost } from '../loopback.js';
import { serviceFaults, servicesConfig, type ServicesConfig } from './service-config.js';
import type { Values, VariableName } from './variables.js';

/** Pools, policies and mail are this process's own. */
export interface EmbeddedIdentityConfig {
  readonly mode: 'embedded';
  /** Where mail goes besides the mailbox page; always there in production. */
  readonly smtp?: { readonly url: string; readonly from: string };
  /** The first administrator. Without a password one is made. */
  readonly seedAdmin: { readonly email: string; readonly password?: string };
  /** Whether administrators must have a second factor. */
  readonly adminMfa: 'required' | 'optional';
  /** Services that get credentials. */
  readonly seedServices: readonly string[];
}

export interface UserPoolConfig {
  readonly poolId: string;
  readonly clientId: string;
  readonly clientSecret?: string;
}

/** Cognito and Verified Permissions, at AWS or at what answers like them. */
export interface AwsIdentityConfig {
  readonly mode: 'aws';
  readonly region: string;
  readonly pools: Readonly<Record<UserType, UserPoolConfig>>;
  /** Always there unless all decisions are made in this process, from files. */
  readonly policyStoreId?: string;
  /** The budget of this process: the quotas are the whole account's. */
  readonly readsPerSecond: { readonly people: number; readonly roles: number };
  /** The same of calls that decide, and how many questions are asked one by one, which costs less. */
  readonly decisions: {
    readonly callsPerSecond: { readonly singles: number; readonly batches: number };
    readonly singlesUpTo: number;
  };
  readonly cognitoEndpoint?: string;
  readonly avpEndpoint?: string;
  readonly services: ServicesConfig;
}

export type IdentityConfig = EmbeddedIdentityConfig | AwsIdentityConfig;

const REQUIRED_ON_AWS = [
  'AWS_REGION',
  'COGNITO_END_USER_POOL_ID',
  'COGNITO_END_USER_CLIENT_ID',
  'COGNITO_ADMIN_POOL_ID',
  'COGNITO_ADMIN_CLIENT_ID',
] as const satisfies readonly VariableName[];

const CHOOSES_AWS: readonly VariableName[] = [
  ...REQUIRED_ON_AWS,
  'AVP_POLICY_STORE_ID',
  'COGNITO_END_USER_CLIENT_SECRET',
  'COGNITO_ADMIN_CLIENT_SECRET',
  'COGNITO_READS_PER_SECOND',
  'COGNITO_ROLE_READS_PER_SECOND',
  'AVP_BATCHES_PER_SECOND',
  'AVP_SINGLES_PER_SECOND',
  'AVP_SINGLES_UP_TO',
  'COGNITO_ENDPOINT',
  'AVP_ENDPOINT',
  'SERVICE_CLIENTS',
  'SERVICE_ROLES',
  'SERVICE_AUDIENCE',
  'STS_ENDPOINT',
];

type Given<Name extends VariableName> = { readonly [N in Name]: NonNullable<Values[N]> };

/** The same environment without what chooses AWS, for who runs the embedded engines whatever the shell says. */
export const withoutAws = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !CHOOSES_AWS.some((chosen) => chosen === name)));

/** One variable of Cognito or Verified Permissions chooses AWS, and then all that are needed must be there. */
export function identityFaults(env: Environment, values: Values): ConfigFault[] {
  const chosenBy = CHOOSES_AWS.find((name) => isSet(env, name));
  return chosenBy === undefined ? mailFaults(env, values) : awsFaults(env, values, chosenBy);
}

/** The identity part of a configuration without faults. */
export function identityConfig(env: Environment, values: Values): IdentityConfig {
  return CHOOSES_AWS.some((name) => isSet(env, name))
    ? awsConfig(values as Values & Given<(typeof REQUIRED_ON_AWS)[number]>)
    : embeddedConfig(values);
}

function mailFaults(env: Environment, values: Values): ConfigFault[] {
  if (isSet(env, 'SMTP_URL')) return [];
  if (values.PORTCULLIS_ENV === 'production') {
    const message =
      'SMTP_URL must be set in production without AWS: a URL such as smtps://user:password@mail.example.com.';
    return [{ variable: 'SMTP_URL', message }];
  }
  if (!isSet(env, 'SMTP_FROM')) return [];
  return [{ variable: 'SMTP_URL', message: 'SMTP_URL must be set where SMTP_FROM is, or neither.' }];
}

function awsFaults(env: Environment, values: Values, chosenBy: VariableName): ConfigFault[] {
  const required = [...REQUIRED_ON_AWS, ...(needsNoStore(values) ? [] : (['AVP_POLICY_STORE_ID'] as const))];
  const missing = required
    .filter((name) => !isSet(env, name))
    .map((name) => ({
      variable: name,
      message: `${name} must be set too: ${chosenBy} chooses AWS (without either, the embedded engines are used).`,
    }));
  const insecure = (['COGNITO_ENDPOINT', 'AVP_ENDPOINT', 'STS_ENDPOINT'] as const).filter(
    (name) => values.PORTCULLIS_ENV === 'production' && isPlainAndRemote(values[name]),
  );
  return [
    ...missing,
    ...poolFaults(values),
    ...serviceFaults(env, values),
    ...insecure.map((name) => ({
      variable: name,
      message: `${name} must be https:// in production, unless it is on this machine.`,
    })),
  ];
}

function poolFaults(values: Values): ConfigFault[] {
  const {
    AWS_REGION: region,
    COGNITO_END_USER_POOL_ID: endUsers,
    COGNITO_ADMIN_POOL_ID: administrators,
  } = values;
  const elsewhere = (['COGNITO_END_USER_POOL_ID', 'COGNITO_ADMIN_POOL_ID'] as const).filter(
    (name) => region !== undefined && values[name] !== undefined && !values[name].startsWith(`${region}_`),
  );
  const faults: ConfigFault[] = elsewhere.map((name) => ({
    variable: name,
    message: `${name} must be in the Region of AWS_REGION: begin with ${region}_.`,
  }));
  if (endUsers !== undefined && endUsers === administrators) {
    // The pool that signed a token says which kind of person it speaks for.
    const message = 'COGNITO_ADMIN_POOL_ID must be another pool than COGNITO_END_USER_POOL_ID.';
    faults.push({ variable: 'COGNITO_ADMIN_POOL_ID', message });
  }
  return faults;
}

const isPlainAndRemote = (endpoint: string | undefined): boolean =>
  endpoint !== undefined && !/^https:/i.test(endpoint) && !isLocalHost(new URL(endpoint).hostname);

function embeddedConfig(values: Values): EmbeddedIdentityConfig {
  const { SMTP_URL: url, SMTP_FROM: from, SEED_ADMIN_EMAIL: email, SEED_ADMIN_PASSWORD: password } = values;
  return {
    mode: 'embedded',
    ...(url !== undefined && { smtp: { url, from } }),
    seedAdmin: { email, ...(password !== undefined && { password }) },
    adminMfa: values.ADMIN_MFA ?? (values.PORTCULLIS_ENV === 'development' ? 'optional' : 'required'),
    seedServices: values.SEED_SERVICES ?? (values.PORTCULLIS_ENV === 'development' ? ['demonstration'] : []),
  };
}

function awsConfig(values: Values & Given<(typeof REQUIRED_ON_AWS)[number]>): AwsIdentityConfig {
  const { COGNITO_ENDPOINT: cognitoEndpoint, AVP_ENDPOINT: avpEndpoint } = values;
  const { AVP_POLICY_STORE_ID: policyStoreId } = values;
  return {
    mode: 'aws',
    region: values.AWS_REGION,
    pools: {
      ADMIN: pool(
        values.COGNITO_ADMIN_POOL_ID,
        values.COGNITO_ADMIN_CLIENT_ID,
        values.COGNITO_ADMIN_CLIENT_SECRET,
      ),
      END_USER: pool(
        values.COGNITO_END_USER_POOL_ID,
        values.COGNITO_END_USER_CLIENT_ID,
        values.COGNITO_END_USER_CLIENT_SECRET,
      ),
    },
    ...(policyStoreId !== undefined && { policyStoreId }),
    readsPerSecond: {
      people: values.COGNITO_READS_PER_SECOND,
      roles: values.COGNITO_ROLE_READS_PER_SECOND,
    },
    decisions: {
      callsPerSecond: { singles: values.AVP_SINGLES_PER_SECOND, batches: values.AVP_BATCHES_PER_SECOND },
      singlesUpTo: values.AVP_SINGLES_UP_TO,
    },
    ...(cognitoEndpoint !== undefined && { cognitoEndpoint }),
    ...(avpEndpoint !== undefined && { avpEndpoint }),
    services: servicesConfig(values),
  };
}

const pool = (poolId: string, clientId: string, clientSecret: string | undefined): UserPoolConfig => ({
  poolId,
  clientId,
  ...(clientSecret !== undefined && { clientSecret }),
});
