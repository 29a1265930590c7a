import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `src` where the sources run, `dist` where their bundles do: both one below the package's root. */
const here = dirname(fileURLToPath(import.meta.url));

/** Where the package lies. */
export const packageRoot = dirname(here);

/** Where the build leaves what it makes. */
export const builtFolder = join(packageRoot, 'dist');

/** The committed migrations, or the build's copy of them. */
export const migrationsFolder =
  basename(here) === 'dist' ? join(here, 'migrations') : join(here, 'services/database/migrations');
