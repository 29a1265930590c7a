import { expect, it } from 'vitest';

import { createCedarEngine } from '../../../../src/services/cedar/engine.js';
import { warmUpCedar } from '../../../../src/services/cedar/warm-up.js';

it('loads the engine', () => {
  const engine = createCedarEngine();
  warmUpCedar(engine);
  expect(engine.module.generation).toBe(1);
});
