import type { Config } from '../config.js';
import type { HashPassword } from '../embedded/cognito/password-hashing.js';
import type { Pace } from '../services/authentication/pace.js';
import type { Clock } from '../services/clock.js';
import type { Database } from '../services/database/database.js';
import type { Logger } from '../services/logger.js';
import type { Randomness } from '../services/randomness.js';

/** What everything else stands on. Tests put their own in. */
export interface Foundations {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly openDatabase: (config: Config) => Promise<Database>;
  readonly pace: Pace;
  /** Where Cognito is embedded; at OWASP's minimal cost when left out. */
  readonly hashPassword?: HashPassword;
}
