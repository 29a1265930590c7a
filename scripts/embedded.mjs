// In this very process, so that signals reach the engines and its exit code is this one's.
import { endWithNpm } from './end-with-npm.mjs';
import { importBuilt } from './import-built.mjs';

endWithNpm();
await importBuilt('embedded.js');
