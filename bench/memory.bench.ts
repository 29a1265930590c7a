import { TIMES, type Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { startBenchProcess } from './start-process.js';

/** By then, everything is as full as it gets. */
const FULL_AFTER = 100_000;

/** In bytes. */
interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
}

/** What decisions leave behind: memory after so many distinct ones, against that after the first hundred thousand. */
export async function measureMemory({ decisions }: Effort): Promise<Measurement[]> {
  const server = await startBenchProcess<object>('decision-memory');
  try {
    const after = (count: number) => server.tell({ decisions: count }) as Promise<Memory>;
    const first = await after(FULL_AFTER);
    const startedAt = performance.now();
    const last = await after(decisions);
    const each = ((performance.now() - startedAt) / (decisions - FULL_AFTER)) * 1_000;
    const megabytes = (bytes: number) => ({ value: bytes / 1e6, unit: 'MB' });
    const measurement = (
      id: string,
      title: string,
      name: keyof Memory,
      aim: Measurement['aim'],
    ): Measurement => ({
      id: `memory-${id}`,
      title: `${title} after ${decisions.toLocaleString('en-US')} distinct decisions`,
      ours: megabytes(last[name]),
      peer: { name: `after ${FULL_AFTER.toLocaleString('en-US')}`, ...megabytes(first[name]) },
      value: last[name] / first[name],
      unit: TIMES,
      aim,
    });
    return [
      {
        ...measurement('heap', 'heap in use', 'heapUsed', { relation: '≤', bound: 1.1 }),
        detail: [`A decision takes ${each.toFixed(1)} µs besides the engine: loader, cache, entities.`],
      },
      measurement('rss', 'resident memory', 'rss', null),
    ];
  } finally {
    await server.stop();
  }
}
