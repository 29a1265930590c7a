import { CALL_CASES } from './call-cases.js';
import { fewestCalls } from './fewest-calls.js';
import type { Measurement } from './measurement.js';
import { startBenchProcess } from './start-process.js';

/** What a call to the engine may hold (API reference, BatchIsAuthorized). */
const CAPACITY = 30;
/** May the viewer list; may they see each person; what may they see of that person, and do. Each waits for the one before. */
const WAVES = 3;

/**
 * Calls to the engine for a page of 50 people with two decisions each, against the fewest that its waves allow, and for
 * questions asked at once, against the fewest that there can be.
 */
export async function measureBatching(): Promise<Measurement[]> {
  const server = await startBenchProcess<{
    calls: number;
    waves: readonly { questions: number; principals: number }[];
    cases: Readonly<Record<string, number>>;
  }>('batching');
  await server.stop();
  const { calls, waves, cases } = server.details;
  if (waves.some(({ principals }) => principals !== 1))
    throw new Error('A wave asks about more than the viewer.');
  if (waves.length !== WAVES) throw new Error(`The page takes ${waves.length} waves instead of ${WAVES}.`);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const checks = sum(waves.map(({ questions }) => questions));
  const fewest = sum(waves.map(({ questions }) => Math.ceil(questions / CAPACITY)));
  return [
    {
      id: 'a',
      title: `engine calls for a page of 50 people: ${checks} checks in ${waves.length} waves`,
      ours: { value: calls, unit: 'calls' },
      peer: { name: 'the fewest', value: fewest, unit: 'calls' },
      value: calls,
      unit: 'calls',
      aim: { relation: '=', bound: fewest },
    },
    ...CALL_CASES.map(({ id, title, questions }): Measurement => {
      const edges = questions.map(({ principal, resource }) => ({
        principal: principal.id,
        resource: resource.id,
      }));
      const bound = fewestCalls(edges, CAPACITY);
      const value = cases[id] ?? NaN;
      return {
        id: `a-${id}`,
        title: `engine calls for ${title}`,
        ours: { value, unit: 'calls' },
        peer: { name: 'the fewest', value: bound, unit: 'calls' },
        value,
        unit: 'calls',
        aim: { relation: '=', bound },
      };
    }),
  ];
}
