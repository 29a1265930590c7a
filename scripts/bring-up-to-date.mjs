import { bringUpToDate } from './import-built.mjs';

await bringUpToDate('main.js');
