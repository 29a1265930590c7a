import { ConfigError, describeConfig, documentVariables, loadConfig } from '../config.js';

/** `npm run config`: the configuration in force, or all that is wrong with it. `--markdown`: the table of variables. */
function main(): void {
  if (process.argv.includes('--markdown')) {
    process.stdout.write(documentVariables());
    return;
  }
  try {
    process.stdout.write(`${describeConfig(loadConfig())}\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

main();
