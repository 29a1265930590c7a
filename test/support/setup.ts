import 'reflect-metadata';

import { setFlagsFromString } from 'node:v8';

// Without it cedar-wasm now and then ends the process on Node 20 and 22, inside of V8's deoptimizer. It must be set
// before the module is loaded, and NODE_OPTIONS refuses it.
setFlagsFromString('--no-turbo-inline-js-wasm-calls');
