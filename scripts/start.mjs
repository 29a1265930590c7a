// In this very process, so that signals reach the service and its exit code is this one's.
import { importBuilt } from './import-built.mjs';

await importBuilt('main.js');
