import { endWithNpm } from '../../scripts/end-with-npm.mjs';

endWithNpm();
await import('./main.ts');
