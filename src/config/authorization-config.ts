import type { ConfigFault } from './config-error.js';
import { isSet } from './read-values.js';
import type { Environment } from './read-values.js';
import type { Values } from './variables.js';

/** Who decides. */
export interface AuthorizationConfig {
  readonly engine: Values['AUTHORIZATION_ENGINE'];
  /** Where the policies of the engine in this process are from. */
  readonly localPolicies: Values['LOCAL_POLICIES'];
  /** Whose decisions count, where two engines are compared. */
  readonly shadowAnswers: Values['SHADOW_ANSWERS'];
}

/** What says how an engine works that is not chosen was meant to choose it. */
export function authorizationFaults(
  env: Environment,
  { AUTHORIZATION_ENGINE: engine }: Values,
): ConfigFault[] {
  const faults: ConfigFault[] = [];
  if (engine === 'avp' && isSet(env, 'LOCAL_POLICIES')) {
    const message = 'LOCAL_POLICIES must be left unset unless AUTHORIZATION_ENGINE is local or shadow.';
    faults.push({ variable: 'LOCAL_POLICIES', message });
  }
  if ((engine === 'avp' || engine === 'local') && isSet(env, 'SHADOW_ANSWERS')) {
    const message = 'SHADOW_ANSWERS must be left unset unless AUTHORIZATION_ENGINE is shadow.';
    faults.push({ variable: 'SHADOW_ANSWERS', message });
  }
  return faults;
}

/** The engines of a configuration without faults. */
export const authorizationConfig = (values: Values): AuthorizationConfig => ({
  engine: values.AUTHORIZATION_ENGINE,
  localPolicies: values.LOCAL_POLICIES,
  shadowAnswers: values.SHADOW_ANSWERS,
});

/** Whether a policy store has no part in decisions. */
export const needsNoStore = ({ AUTHORIZATION_ENGINE: engine, LOCAL_POLICIES: policies }: Values): boolean =>
  engine === 'local' && policies === 'files';
