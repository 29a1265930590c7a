// Runs the benchmarks of a suite, prints what they found beside their peers, and writes it down where asked to.
import { readFile, writeFile } from 'node:fs/promises';

import { format, resolveConfig } from 'prettier';

import { BENCHMARKS, SUITES, type SuiteName } from './benchmarks.js';
import { describeMachine } from './machine.js';
import { toRecord, type Measurement } from './measurement.js';
import { readOptions } from './options.js';
import { markdownTable, textTable, withResults } from './report.js';

async function main(): Promise<void> {
  const { suite, effort, only, json, markdown } = readOptions(process.argv.slice(2), {
    suites: Object.keys(SUITES) as SuiteName[],
    letters: Object.keys(BENCHMARKS),
  });
  const measurements: Measurement[] = [];
  for (const letter of only ?? Object.keys(SUITES[suite])) {
    process.stderr.write(`(${letter}) …\n`);
    measurements.push(...((await BENCHMARKS[letter]?.(effort)) ?? []));
  }
  const machine = describeMachine();
  console.log(`${machine}\n\n${textTable(measurements)}`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(measurements.map(toRecord), null, 2)}\n`);
  if (markdown !== undefined) await writeResults(markdown, suite, markdownTable(measurements, machine));
}

async function writeResults(path: string, suite: SuiteName, results: string): Promise<void> {
  const document = withResults(await readFile(path, 'utf8'), results, suite);
  await writeFile(path, await format(document, { ...(await resolveConfig(path)), filepath: path }));
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The benchmarks could not run. ${reason}\n`);
  process.exit(1);
});
