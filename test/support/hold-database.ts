/**
 * A process that opens the database in a folder, writes one person and then holds it until it is killed.
 *
 * Arguments: the folder, the folder of templates, the person's id.
 */
import pino from 'pino';

import { openDatabase } from '../../src/services/database/open-database.js';
import { people } from '../../src/services/database/schema/index.js';

const [folder = '', templateFolder = '', id = ''] = process.argv.slice(2);

const { db } = await openDatabase({ folder }, { logger: pino({ level: 'silent' }), templateFolder });
await db.insert(people).values({ id, userType: 'END_USER' });
process.stdout.write('written\n');
setInterval(() => {}, 60_000);
