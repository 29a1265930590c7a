import { importBuilt } from './import-built.mjs';

await importBuilt('print-config.js');
