// In this very process, so that signals reach the engines and its exit code is this one's.
import { endWithNpm } from './end-with-npm.mjs';
import { importBuilt } from './import-built.mjs';

// It speaks of versions to come; the ones installed are pinned, and run on Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

endWithNpm();
await importBuilt('embedded.js');
