import { importBuilt } from './import-built.mjs';

await importBuilt('tools/print-config.js');
