import { resolve } from 'node:path';

import { isLocalHost } from '../loopback.js';
import {
  authorizationConfig,
  authorizationFaults,
  type AuthorizationConfig,
} from './authorization-config.js';
import { ConfigError } from './config-error.js';
import type { ConfigFault } from './config-error.js';
import { coprocessorConfig, coprocessorFaults, type CoprocessorConfig } from './coprocessor-config.js';
import { identityConfig, identityFaults, withoutAws } from './identity-config.js';
import type { IdentityConfig } from './identity-config.js';
import { findMisspelled } from './misspelled.js';
import { isSet, readValues } from './read-values.js';
import type { Environment } from './read-values.js';
import type { LimitsInForce } from '../services/rate-limiting/limits.js';
import { rateLimits } from './rate-limit-config.js';
import { settings } from './setting.js';
import type { Setting } from './setting.js';
import type { Values } from './variables.js';

/** All that the program lets be chosen from outside. Immutable, and free of contradictions. */
export interface Config {
  readonly environment: Values['PORTCULLIS_ENV'];
  /** Where the service listens, and whom it believes. Port 0 takes any free one. */
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** What proves a gateway; none where it is unset. */
    readonly gatewaySecrets: readonly string[];
    /** IP addresses and CIDR ranges. */
    readonly trustedProxies: readonly string[];
    readonly corsOrigins: readonly string[];
    /** What opens the metrics to other machines. */
    readonly metricsToken?: string;
  };
  /** Where routers ask; left out where they do not. */
  readonly coprocessor?: CoprocessorConfig;
  /** Whether gateways are given a schema that tells routers what to refuse early. */
  readonly routerDirectives: boolean;
  /** Where `npm run embedded` listens, on the same host. */
  readonly embeddedPorts: { readonly cognito: number; readonly avp: number; readonly sts: number };
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute. */
  readonly policiesDir: string;
  readonly logLevel: Values['LOG_LEVEL'];
  readonly identity: IdentityConfig;
  readonly authorization: AuthorizationConfig;
  /** Whether the schema contributes to the interface `Resource`, which another subgraph must have then. */
  readonly resourceInterface: boolean;
  /** The name under which authenticators list accounts of this service. */
  readonly totpIssuer: string;
  /** The base URL of a range API; left out where none is to be asked. */
  readonly breachedPasswords?: string;
  readonly sessions: {
    readonly accessTokenLifetimeMs: number;
    readonly refreshTokenLifetimeMs: number;
    /** What is done where a token comes from a very different client. */
    readonly onClientChange: Values['SESSION_CLIENT_CHANGE'];
  };
  /** At least 32 bytes. */
  readonly secretKey?: Buffer;
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  /** How often a caller may do what. */
  readonly rateLimits: LimitsInForce;
  /** Every variable as it may be shown, secrets hidden. */
  readonly settings: readonly Setting[];
}

/**
 * The configuration that an environment asks for. Pure, but for relative paths, which start from the working folder.
 *
 * @throws {ConfigError} with every fault at once; its text holds no value of a variable marked secret
 */
export const parseConfig = (env: Environment): Config => parse(env, 'in development', ['development']);

/**
 * The same for a process that is the embedded engines: what points at AWS is passed over. They take every request for
 * its signer's, so whoever reaches them administers them: development or production, that is this machine alone.
 *
 * @throws {ConfigError}
 */
export const parseEmbeddedConfig = (env: Environment): Config =>
  parse(withoutAws(env), 'for the embedded engines', ['development', 'production']);

/** @param localIn the environments in which `HOST` must be a loopback address */
function parse(env: Environment, where: string, localIn: readonly Config['environment'][]): Config {
  const { values, faults } = readValues(env);
  const { limits, faults: limitFaults } = rateLimits(values.RATE_LIMITS);
  const isOpen = localIn.includes(values.PORTCULLIS_ENV);
  const all = [
    ...faults,
    ...(isOpen ? listenFaults(env, values, where) : []),
    ...coprocessorFaults(env, values),
    ...identityFaults(env, values),
    ...authorizationFaults(env, values),
    ...lifetimeFaults(values),
    ...limitFaults,
    ...findMisspelled(env),
  ];
  if (all.length > 0) throw new ConfigError(all);
  const { SECRET_KEY: secretKey, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = values;
  const coprocessor = coprocessorConfig(values);
  const { BREACHED_PASSWORDS: breachedPasswords, METRICS_TOKEN: metricsToken } = values;
  return {
    environment: values.PORTCULLIS_ENV,
    http: {
      host: values.HOST,
      port: values.PORT,
      gatewaySecrets: values.GATEWAY_SECRET ?? [],
      trustedProxies: values.TRUSTED_PROXIES ?? [],
      corsOrigins: values.CORS_ORIGINS ?? [],
      ...(metricsToken !== undefined && { metricsToken }),
    },
    ...(coprocessor && { coprocessor }),
    routerDirectives: values.ROUTER_DIRECTIVES,
    embeddedPorts: { cognito: values.COGNITO_PORT, avp: values.AVP_PORT, sts: values.STS_PORT },
    dataDir: resolve(values.DATA_DIR),
    policiesDir: resolve(values.POLICIES_DIR),
    logLevel: values.LOG_LEVEL,
    identity: identityConfig(env, values),
    authorization: authorizationConfig(values),
    resourceInterface: values.RESOURCE_INTERFACE,
    totpIssuer: values.TOTP_ISSUER,
    ...(breachedPasswords !== null && { breachedPasswords }),
    sessions: {
      accessTokenLifetimeMs: values.ACCESS_TOKEN_LIFETIME,
      refreshTokenLifetimeMs: values.REFRESH_TOKEN_LIFETIME,
      onClientChange: values.SESSION_CLIENT_CHANGE,
    },
    ...(secretKey !== undefined && { secretKey }),
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(redisUrl !== undefined && { redisUrl }),
    rateLimits: limits,
    settings: settings(env),
  };
}

function listenFaults(env: Environment, values: Values, where: string): ConfigFault[] {
  // An environment or a switch that could not be read is a fault by itself: what depends on it waits for its repair.
  if (values.ALLOW_REMOTE_DEVELOPMENT !== false) return [];
  return (['HOST', 'COPROCESSOR_HOST'] as const)
    .filter((name) => isSet(env, name) && values[name] !== undefined && !isLocalHost(values[name]))
    .map((variable) => ({
      variable,
      message: `${variable} must be a loopback address (127.0.0.1, ::1 or localhost) ${where}, unless ALLOW_REMOTE_DEVELOPMENT=true.`,
    }));
}

/** Cognito refuses it too. A lifetime that could not be read is a fault by itself. */
function lifetimeFaults({
  ACCESS_TOKEN_LIFETIME: access,
  REFRESH_TOKEN_LIFETIME: refresh,
}: Values): ConfigFault[] {
  if (!(access > refresh)) return [];
  const message = 'ACCESS_TOKEN_LIFETIME must not be longer than REFRESH_TOKEN_LIFETIME.';
  return [{ variable: 'ACCESS_TOKEN_LIFETIME', message }];
}
