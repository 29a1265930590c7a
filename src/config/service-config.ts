import type { ConfigFault } from './config-error.js';
import { isSet } from './read-values.js';
import type { Environment } from './read-values.js';
import type { Values } from './variables.js';

/** Programs that call in their own name, and how they prove it. */
export interface ServicesConfig {
  /** Services by the id of their app client. */
  readonly clients: ReadonlyMap<string, string>;
  /** Services by the ARN of their role or user; undefined where there are none. */
  readonly iam?: {
    readonly roles: ReadonlyMap<string, string>;
    readonly audience: string;
    readonly stsEndpoint?: string;
  };
}

/** Half a proof is none: what belongs together is set together. */
export function serviceFaults(env: Environment, values: Values): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const own = [values.COGNITO_ADMIN_CLIENT_ID, values.COGNITO_END_USER_CLIENT_ID];
  if (own.some((clientId) => clientId !== undefined && values.SERVICE_CLIENTS?.has(clientId))) {
    const message = 'SERVICE_CLIENTS must be other app clients than those that people sign in by.';
    faults.push({ variable: 'SERVICE_CLIENTS', message });
  }
  const companion = (['SERVICE_AUDIENCE', 'STS_ENDPOINT'] as const).find((name) => isSet(env, name));
  if (companion !== undefined && !isSet(env, 'SERVICE_ROLES')) {
    const message = `SERVICE_ROLES must be set where ${companion} is, or neither.`;
    faults.push({ variable: 'SERVICE_ROLES', message });
  }
  if (isSet(env, 'SERVICE_ROLES') && !isSet(env, 'SERVICE_AUDIENCE')) {
    const message =
      'SERVICE_AUDIENCE must be set where SERVICE_ROLES is: a name of this service that no other has.';
    faults.push({ variable: 'SERVICE_AUDIENCE', message });
  }
  if (values.STS_ENDPOINT !== undefined && new URL(values.STS_ENDPOINT).pathname !== '/') {
    faults.push({ variable: 'STS_ENDPOINT', message: 'STS_ENDPOINT must be a URL without a path.' });
  }
  return faults;
}

/** The services of a configuration without faults. */
export function servicesConfig({
  SERVICE_CLIENTS: clients = new Map(),
  SERVICE_ROLES: roles,
  SERVICE_AUDIENCE: audience,
  STS_ENDPOINT: stsEndpoint,
}: Values): ServicesConfig {
  if (roles === undefined || audience === undefined) return { clients };
  return { clients, iam: { roles, audience, ...(stsEndpoint !== undefined && { stsEndpoint }) } };
}
