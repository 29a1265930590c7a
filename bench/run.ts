// Runs the benchmarks, prints what they found beside their peers, and writes it down where asked to.
import { readFile, writeFile } from 'node:fs/promises';

import { format, resolveConfig } from 'prettier';

import { measureBatching } from './batching.bench.js';
import { measureDecisions } from './decisions.bench.js';
import { measureEnumeration } from './enumeration.bench.js';
import { measureGuardedList } from './guarded-list.bench.js';
import { describeMachine } from './machine.js';
import { toRecord, type Measurement } from './measurement.js';
import { readOptions, type Effort } from './options.js';
import { measurePlainQuery } from './plain-query.bench.js';
import { markdownTable, textTable, withResults } from './report.js';
import { measureRevocation } from './revocation.bench.js';
import { measureSignIn } from './sign-in.bench.js';
import { measureStart } from './start.bench.js';

const BENCHMARKS: Readonly<Record<string, (effort: Effort) => Promise<Measurement[]>>> = {
  a: measureBatching,
  b: measureGuardedList,
  c: measureDecisions,
  d: measureSignIn,
  e: measureStart,
  f: measurePlainQuery,
  enumeration: measureEnumeration,
  revocation: measureRevocation,
};

async function main(): Promise<void> {
  const { effort, only, json, markdown } = readOptions(process.argv.slice(2), Object.keys(BENCHMARKS));
  const measurements: Measurement[] = [];
  for (const [letter, measure] of Object.entries(BENCHMARKS)) {
    if (only !== undefined && !only.includes(letter)) continue;
    process.stderr.write(`(${letter}) …\n`);
    measurements.push(...(await measure(effort)));
  }
  const machine = describeMachine();
  console.log(`${machine}\n\n${textTable(measurements)}`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(measurements.map(toRecord), null, 2)}\n`);
  if (markdown !== undefined) await writeResults(markdown, markdownTable(measurements, machine));
}

async function writeResults(path: string, results: string): Promise<void> {
  const document = withResults(await readFile(path, 'utf8'), results);
  await writeFile(path, await format(document, { ...(await resolveConfig(path)), filepath: path }));
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The benchmarks could not run. ${reason}\n`);
  process.exit(1);
});
