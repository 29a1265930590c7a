import { importBuilt } from './import-built.mjs';

await importBuilt('tools/embedded.js');
