/** Makes the template of the embedded database in the folder given, for the build. */
import { makeTemplate } from '../services/database/template.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder that the template goes to.');
process.stdout.write(await makeTemplate(folder));
