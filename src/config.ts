/** The one place that reads the environment. */
import { parseConfig, parseEmbeddedConfig } from './config/parse-config.js';
import type { Config } from './config/parse-config.js';

export { ConfigError } from './config/config-error.js';
export type { ConfigFault } from './config/config-error.js';
export { describeConfig, documentVariables } from './config/describe-config.js';
export type {
  AwsIdentityConfig,
  EmbeddedIdentityConfig,
  IdentityConfig,
  UserPoolConfig,
} from './config/identity-config.js';
export { parseConfig, parseEmbeddedConfig } from './config/parse-config.js';
export type { Config } from './config/parse-config.js';

/** The configuration of this process. Throws a ConfigError when the environment makes none. */
export const loadConfig = (): Config => parseConfig(process.env);

/** The same for a process that is the embedded engines. */
export const loadEmbeddedConfig = (): Config => parseEmbeddedConfig(process.env);
