import { join } from 'node:path';

import { packageRoot } from '../package-files.js';
import * as formats from './formats.js';
import type { Format } from './formats.js';

/** Everything there is to know of one environment variable. */
export interface Variable<Value> {
  readonly format: Format<Value>;
  /** What holds when the variable is unset or empty, written as in the environment. */
  readonly default?: string;
  /** What must not be shown: the whole value, or the password within a URL. */
  readonly secret?: 'value' | 'password';
  /** One sentence for the documentation. */
  readonly description: string;
  /** What the documentation says of the default, where the value itself would mislead or there is none. */
  readonly defaultNote?: string;
}

const variable = <Value, const Rest extends Omit<Variable<Value>, 'format'>>(
  format: Format<Value>,
  rest: Rest,
): { readonly format: Format<Value> } & Rest => ({ format, ...rest });

const poolId = formats.matching(
  /^(?=.{1,55}$)[\w-]+_[0-9a-zA-Z]+$/,
  'a user pool id such as eu-west-1_AbCdEfGhI',
);
const clientId = formats.matching(/^[\w+]{1,128}$/, 'an app client id: letters, digits, _ and +');
const clientSecret = formats.matching(/^\S+$/, "the app client's secret, without spaces");

/** The environment variables that this program reads, in the order in which they are documented. */
export const VARIABLES = {
  PORTCULLIS_ENV: variable(formats.oneOf('development', 'production'), {
    default: 'development',
    description: 'Production has no development pages and no demonstration people, and insists on real mail.',
  }),
  HOST: variable(formats.host, {
    default: '127.0.0.1',
    description:
      'The address to listen on. Development and `npm run embedded` take a loopback address alone.',
  }),
  PORT: variable(formats.port, {
    default: '4000',
    description: 'The port to listen on; 0 takes any free one.',
  }),
  ALLOW_REMOTE_DEVELOPMENT: variable(formats.boolean, {
    default: 'false',
    description:
      'Lets development and `npm run embedded` listen on an address that other machines can reach.',
  }),
  GATEWAY_SECRET: variable(formats.secrets, {
    secret: 'value',
    defaultNote: 'no gateway is known',
    description: 'What gateways prove themselves by; two, parted by a comma, while it is being changed.',
  }),
  COPROCESSOR_PORT: variable(formats.port, {
    defaultNote: 'routers are told nothing',
    description: 'The port on which routers ask for the policies of `@policy`; 0 takes any free one.',
  }),
  COPROCESSOR_HOST: variable(formats.host, {
    default: '127.0.0.1',
    description:
      'The address of that port. Beyond a loopback address it needs `GATEWAY_SECRET`, and every router proves itself.',
  }),
  ROUTER_DIRECTIVES: variable(formats.boolean, {
    default: 'true',
    description:
      'Whether the schema that gateways are given tells routers what to refuse early: `@authenticated` and `@policy`.',
  }),
  TRUSTED_PROXIES: variable(formats.addressRanges, {
    defaultNote: 'none',
    description: 'Whose `X-Forwarded-For` is believed: IP addresses and CIDR ranges, parted by commas.',
  }),
  CORS_ORIGINS: variable(formats.origins, {
    defaultNote: 'none',
    description:
      'Whose pages may ask from a browser: origins such as `https://app.example.com`, parted by commas.',
  }),
  DATA_DIR: variable(formats.path, {
    default: '.portcullis',
    description: 'The folder of the built-in database and of the seeded passwords.',
  }),
  POLICIES_DIR: variable(formats.path, {
    default: join(packageRoot, 'policies'),
    defaultNote: "the package's own `policies/`",
    description: 'The folder of the Cedar schema and policies.',
  }),
  AUTHORIZATION_ENGINE: variable(formats.oneOf('avp', 'local', 'shadow'), {
    default: 'avp',
    description:
      'Who decides: Verified Permissions, Cedar in this process, or one of them while the other is compared with it.',
  }),
  LOCAL_POLICIES: variable(formats.oneOf('store', 'files'), {
    default: 'store',
    description: '`local` and `shadow`: policies kept up with the policy store, or with `POLICIES_DIR`.',
  }),
  SHADOW_ANSWERS: variable(formats.oneOf('avp', 'local'), {
    default: 'avp',
    description: '`shadow`: whose decisions count.',
  }),
  RESOURCE_INTERFACE: variable(formats.boolean, {
    default: 'true',
    description:
      'Whether `can` is contributed to the interface `Resource` of the supergraph. It composes only where another subgraph has that.',
  }),
  METRICS_TOKEN: variable(formats.secret, {
    secret: 'value',
    defaultNote: 'this machine alone',
    description: 'What other machines bring to read `/metrics`: `Authorization: Bearer <token>`.',
  }),
  LOG_LEVEL: variable(formats.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), {
    default: 'info',
    description: 'The least severity that is logged.',
  }),
  SECRET_KEY: variable(formats.key, {
    secret: 'value',
    defaultNote: 'made at first start and kept in the database',
    description:
      'Seals cursors, challenges and authenticators, shared by all instances: 32 bytes or more, base64.',
  }),
  DATABASE_URL: variable(
    formats.url(['postgres', 'postgresql'], 'postgres://user:password@host:5432/database'),
    {
      secret: 'password',
      defaultNote: 'PGlite in `DATA_DIR`',
      description: 'A PostgreSQL server, which several instances may share.',
    },
  ),
  REDIS_URL: variable(formats.url(['redis', 'rediss'], 'redis://host:6379'), {
    secret: 'password',
    defaultNote: 'memory',
    description: 'A Redis server, for the caches and limits that several instances share.',
  }),
  RATE_LIMITS: variable(formats.matching(/^[^\0]+$/, 'a list of limits, such as login.ip=10/1m'), {
    defaultNote: 'the limits below',
    description:
      'Limits that are to differ from the default, parted by commas: `login.ip=10/1m`, `reads.viewer=off`; `*` is all others.',
  }),
  TOTP_ISSUER: variable(
    formats.matching(/^(?!\s)[^:\p{Cc}]{1,64}(?<!\s)$/u, 'a name of at most 64 characters, without a colon'),
    {
      default: 'Portcullis',
      description: 'The name under which authenticators list the accounts of this service.',
    },
  ),
  BREACHED_PASSWORDS: variable(formats.endpointOrOff('https://api.pwnedpasswords.com'), {
    default: 'https://api.pwnedpasswords.com',
    description: 'Whom to ask whether a new password was in a breach, by five digits of its SHA-1; or `off`.',
  }),
  ACCESS_TOKEN_LIFETIME: variable(formats.durationBetween('5m', '1d'), {
    default: '15m',
    description:
      "How long access and ID tokens live. On AWS the app clients' own setting counts; a difference is logged.",
  }),
  REFRESH_TOKEN_LIFETIME: variable(formats.durationBetween('1h', '3650d'), {
    default: '7d',
    description:
      "How long a session lives without a new sign-in. On AWS the app clients' own setting counts; a difference is logged.",
  }),
  SESSION_CLIENT_CHANGE: variable(formats.oneOf('report', 'end', 'ignore'), {
    default: 'report',
    description:
      'Where a very different client brings a token: `report` marks its session and logs it, `end` ends that, too, `ignore` does nothing.',
  }),
  SEED_ADMIN_EMAIL: variable(formats.email, {
    default: 'admin@example.com',
    description: 'Embedded: the address of the first administrator, who is made at the first start alone.',
  }),
  SEED_ADMIN_PASSWORD: variable(formats.password, {
    secret: 'value',
    defaultNote: 'made at first start and written to `DATA_DIR/seed-credentials`',
    description: "Embedded: the first administrator's password.",
  }),
  ADMIN_MFA: variable(formats.oneOf('required', 'optional'), {
    defaultNote: "`required`; `optional` for development's demonstration people",
    description: 'Embedded: whether administrators must sign in with a second factor, an authenticator.',
  }),
  SEED_SERVICES: variable(formats.serviceNames, {
    defaultNote: 'development: `demonstration`; production: none',
    description: 'Embedded: services that get credentials, written to `DATA_DIR/service-credentials`.',
  }),
  SMTP_URL: variable(formats.url(['smtp', 'smtps'], 'smtps://user:password@mail.example.com'), {
    secret: 'password',
    defaultNote: 'development: the mailbox page; production: required',
    description: 'Embedded: the server that sends the mail.',
  }),
  SMTP_FROM: variable(formats.mailbox, {
    default: 'Portcullis <no-reply@localhost>',
    description: 'Embedded: the sender of the mail.',
  }),
  COGNITO_PORT: variable(formats.port, {
    default: '9229',
    description: '`npm run embedded`: the port of the embedded Cognito.',
  }),
  AVP_PORT: variable(formats.port, {
    default: '9230',
    description: '`npm run embedded`: the port of the embedded Verified Permissions.',
  }),
  STS_PORT: variable(formats.port, {
    default: '9231',
    description: '`npm run embedded`: the port of the embedded STS.',
  }),
  AWS_REGION: variable(
    formats.matching(/^[a-z\d]+(-[a-z\d]+)*$/, 'the name of an AWS Region, such as eu-west-1'),
    { description: 'AWS: the Region of the pools and the policy store.' },
  ),
  COGNITO_END_USER_POOL_ID: variable(poolId, { description: "AWS: the end users' pool." }),
  COGNITO_END_USER_CLIENT_ID: variable(clientId, {
    description: "AWS: the app client in the end users' pool.",
  }),
  COGNITO_END_USER_CLIENT_SECRET: variable(clientSecret, {
    secret: 'value',
    defaultNote: 'a client without a secret',
    description: "AWS: that client's secret, where it has one.",
  }),
  COGNITO_ADMIN_POOL_ID: variable(poolId, { description: "AWS: the administrators' pool." }),
  COGNITO_ADMIN_CLIENT_ID: variable(clientId, {
    description: "AWS: the app client in the administrators' pool.",
  }),
  COGNITO_ADMIN_CLIENT_SECRET: variable(clientSecret, {
    secret: 'value',
    defaultNote: 'a client without a secret',
    description: "AWS: that client's secret, where it has one.",
  }),
  AVP_POLICY_STORE_ID: variable(
    formats.matching(/^[\w/-]{1,200}$/, 'a policy store id: letters, digits, -, _ and /'),
    { description: 'AWS: the Verified Permissions policy store.' },
  ),
  COGNITO_READS_PER_SECOND: variable(formats.countTo(10_000), {
    default: '100',
    description:
      "AWS: how many reads of people this instance makes a second, under the account's quota of 120.",
  }),
  COGNITO_ROLE_READS_PER_SECOND: variable(formats.countTo(10_000), {
    default: '40',
    description:
      "AWS: how many reads of people's roles this instance makes a second, under the account's quota of 50.",
  }),
  AVP_BATCHES_PER_SECOND: variable(formats.countTo(10_000), {
    default: '25',
    description:
      "AWS: how many BatchIsAuthorized calls this instance makes a second, under the store's quota of 30.",
  }),
  AVP_SINGLES_PER_SECOND: variable(formats.countTo(10_000), {
    default: '180',
    description:
      "AWS: how many IsAuthorized calls this instance makes a second, under the store's quota of 200.",
  }),
  AVP_SINGLES_UP_TO: variable(formats.countTo(30), {
    default: '8',
    description:
      'AWS: so many questions are asked one by one rather than as a batch, which costs as much as 30, or 8 at the best price; `1` for as few calls as can be.',
  }),
  COGNITO_ENDPOINT: variable(formats.endpoint('http://127.0.0.1:9229'), {
    defaultNote: "AWS's own",
    description: 'AWS: where Cognito answers; its signing keys are fetched from there too.',
  }),
  AVP_ENDPOINT: variable(formats.endpoint('http://127.0.0.1:9230'), {
    defaultNote: "AWS's own",
    description: 'AWS: where Verified Permissions answers.',
  }),
  SERVICE_CLIENTS: variable(formats.serviceClients, {
    defaultNote: 'none',
    description: "AWS: app clients of the administrators' pool that are services: `<client id>=<service>,…`.",
  }),
  SERVICE_ROLES: variable(formats.serviceRoles, {
    defaultNote: 'none',
    description: 'AWS: IAM roles and users that are services: `<ARN>=<service>,…`; needs `SERVICE_AUDIENCE`.',
  }),
  SERVICE_AUDIENCE: variable(
    formats.matching(/^[\w.:/-]{1,200}$/, 'a name of 1 to 200 letters, digits and the characters _ . : / -'),
    {
      description:
        'AWS: what IAM principals call this service in what they sign, and no other service is called.',
    },
  ),
  STS_ENDPOINT: variable(formats.endpoint('http://127.0.0.1:9231'), {
    defaultNote: "AWS's own",
    description: 'AWS: where STS answers; what is signed for any other place is refused.',
  }),
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof VARIABLES;

/** In the order in which they are documented. */
export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[];

type ValueOf<V> = V extends { readonly format: Format<infer Value> }
  ? V extends { readonly default: string }
    ? Value
    : Value | undefined
  : never;

/** What the variables say, each by itself: undefined where one is unset and has no default. */
export type Values = { readonly [Name in VariableName]: ValueOf<(typeof VARIABLES)[Name]> };
