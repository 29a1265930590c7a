import { isLocalHost } from '../loopback.js';
import type { ConfigFault } from './config-error.js';
import { isSet } from './read-values.js';
import type { Environment } from './read-values.js';
import type { Values } from './variables.js';

/** Where routers ask. */
export interface CoprocessorConfig {
  readonly host: string;
  readonly port: number;
  /** Whether nobody beyond this machine can reach it. */
  readonly isLocal: boolean;
}

/** Whoever reaches it may ask what any token opens: beyond this machine they prove who they are. */
export function coprocessorFaults(env: Environment, values: Values): ConfigFault[] {
  const { PORT: port, COPROCESSOR_PORT: own, COPROCESSOR_HOST: host } = values;
  const faults: ConfigFault[] = [];
  if (isSet(env, 'COPROCESSOR_HOST') && !isSet(env, 'COPROCESSOR_PORT')) {
    const message = 'COPROCESSOR_PORT must be set where COPROCESSOR_HOST is, or neither.';
    faults.push({ variable: 'COPROCESSOR_PORT', message });
  }
  if (own !== undefined && own !== 0 && own === port) {
    faults.push({
      variable: 'COPROCESSOR_PORT',
      message: 'COPROCESSOR_PORT must be another port than PORT.',
    });
  }
  const isRemote = host !== undefined && !isLocalHost(host);
  if (isRemote && !isSet(env, 'GATEWAY_SECRET')) {
    const message =
      'GATEWAY_SECRET must be set where COPROCESSOR_HOST is no loopback address (127.0.0.1, ::1 or localhost).';
    faults.push({ variable: 'GATEWAY_SECRET', message });
  }
  return faults;
}

/** Undefined where routers ask nothing. */
export function coprocessorConfig({
  COPROCESSOR_PORT: port,
  COPROCESSOR_HOST: host,
}: Values): CoprocessorConfig | undefined {
  return port === undefined ? undefined : { host, port, isLocal: isLocalHost(host) };
}
