import { EventEmitter } from 'node:events';

import pino from 'pino';
import { expect, it } from 'vitest';

import { createMetrics } from '../../../src/services/telemetry/metrics.js';
import { hearRejections } from '../../../src/tools/hear-rejections.js';

it('what rejects unheard is logged and counted', async () => {
  const lines: string[] = [];
  const metrics = createMetrics();
  const source = new EventEmitter();
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  hearRejections({ logger, metrics }, source);
  source.emit('unhandledRejection', new Error('dropped'));
  source.emit('unhandledRejection', undefined);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('"message":"dropped"');
  expect((await metrics.unheardRejections.get()).values[0]?.value).toBe(2);
});
