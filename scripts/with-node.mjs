// Runs a command under another Node than the one that is installed: node scripts/with-node.mjs 24.21.0 npm test
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [version, command, ...args] = process.argv.slice(2);
if (version === undefined || command === undefined) {
  console.error('Usage: node scripts/with-node.mjs VERSION COMMAND [ARGUMENT…]');
  process.exit(2);
}

/** The package that carries the binary of this machine's kind; `node` itself would fetch it by an install script. */
const carrier = `node-${process.platform}-${process.arch}`;
const folder = fileURLToPath(new URL(`../node_modules/.cache/portcullis/node-${version}`, import.meta.url));
const bin = join(folder, 'node_modules', carrier, 'bin');

if (!existsSync(join(bin, 'node'))) {
  run('npm', ['install', '--prefix', folder, '--no-save', '--no-package-lock', `${carrier}@${version}`]);
}
run(command, args, { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` });

function run(program, parameters, env = process.env) {
  const { status, error } = spawnSync(program, parameters, { stdio: 'inherit', env });
  if (error) console.error(`${program} could not be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
