/** Checks the policies of a folder and their decision tests: `npm run policies:check [-- FOLDER]`. */
import { checkPolicies } from '../src/tools/policy-check.js';

const [folder = 'policies'] = process.argv.slice(2);
const { policies, cases, failures } = await checkPolicies(folder);
for (const failure of failures) console.error(failure);
if (failures.length === 0) {
  console.log(`${folder}: ${policies} policies are valid, and ${cases} cases are decided as they say.`);
} else {
  console.error(`${folder}: ${failures.length} ${failures.length === 1 ? 'failure' : 'failures'}.`);
  process.exitCode = 1;
}
