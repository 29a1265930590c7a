/** Runs Cedar's own integration tests (cedar-policy/cedar-integration-tests) against the engine: `npm run test:cedar -- FOLDER`. */
import { runCedarTests } from '../src/tools/cedar-tests.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: npm run test:cedar -- FOLDER (a checkout of cedar-policy/cedar-integration-tests)');
  process.exit(2);
}
const report = await runCedarTests(folder);
for (const { file, reason } of report.skipped) console.log(`skipped  ${file}: ${reason}`);
for (const { file, reason } of report.differences) console.log(`differs  ${file}: ${reason}`);
for (const mismatch of report.mismatches) console.log(`MISMATCH ${mismatch}`);
console.log(
  `${report.files} files: ${report.answered} requests answered like the reference, ` +
    `${report.mismatches.length} mismatches, ${report.skipped.length} requests skipped.`,
);
process.exitCode = report.mismatches.length === 0 && report.files > 0 ? 0 : 1;
