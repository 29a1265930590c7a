import 'reflect-metadata';

import { setFlagsFromString } from 'node:v8';

import { afterAll, vi } from 'vitest';

// Without it cedar-wasm now and then ends the process on Node 20 and 22, inside of V8's deoptimizer. It must be set
// before the module is loaded, and NODE_OPTIONS refuses it.
setFlagsFromString('--no-turbo-inline-js-wasm-calls');

// PGlite is nine megabytes of code. By default V8 optimizes so much of it that this takes longer than all that a test file
// asks of it; here only what runs thirty times as often is worth it.
setFlagsFromString('--wasm-tiering-budget=50000000');

// The next file runs in the same process. Mocks and settings vitest puts back by itself.
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
