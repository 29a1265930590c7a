import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

import type { Clock } from '../services/clock.js';
import type { Db } from '../services/database/database.js';
import type { Logger } from '../services/logger.js';
import type { Randomness } from '../services/randomness.js';
import { inProcessClient } from './in-process-client.js';
import { provisionOnce } from './provision-memory.js';
import { provisionPolicies } from './provision.js';
import { createSettings } from './settings.js';
import { createVerifiedPermissionsEngine } from './verified-permissions/index.js';

/**
 * Puts the policy store into a database that will be copied: a first start with the same policies then has nothing to
 * parse or validate. Nothing secret may be made here, since every copy would share it.
 *
 * @throws PolicyFilesError where the policies do not parse or validate, with file and line
 */
export async function provisionAhead(
  db: Db,
  policiesDir: string,
  foundations: { clock: Clock; randomness: Randomness; logger: Logger },
): Promise<void> {
  const { service } = createVerifiedPermissionsEngine({ db, ...foundations });
  const verifiedPermissions = new VerifiedPermissionsClient(inProcessClient(service));
  await provisionPolicies({
    verifiedPermissions,
    policiesDir,
    provisioner: provisionOnce(createSettings(db)),
    logger: foundations.logger,
  });
  verifiedPermissions.destroy();
}
