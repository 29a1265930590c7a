// In this very process, so that signals reach the service and its exit code is this one's.
import { endWithNpm } from './end-with-npm.mjs';
import { importBuilt } from './import-built.mjs';

endWithNpm();
await importBuilt('main.js');
