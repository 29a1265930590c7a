import { cpus, totalmem, version } from 'node:os';

/** Where and when it was measured, in one line. */
export function describeMachine(now = new Date()): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = (totalmem() / 1024 ** 3).toFixed(1);
  return [
    `${model}, ${processors.length} cores, ${memory} GiB`,
    `Node ${process.versions.node} on ${process.platform} ${process.arch} (${version()})`,
    now.toISOString().slice(0, 10),
  ].join('; ');
}
