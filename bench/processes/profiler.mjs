// Loaded into the service before it starts: profiles it from one message to the next.
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const session = new Session();
let before;

/** Milliseconds of processor time, of the process and of its main thread alone (Linux counts by hundredths of a second). */
function processorTime() {
  const { user, system } = process.cpuUsage();
  const [, fields] = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ');
  const [mainUser, mainSystem] = fields.split(' ').slice(11, 13).map(Number);
  return { all: (user + system) / 1000, main: (mainUser + mainSystem) * 10 };
}

process.on('message', async (message) => {
  if (message === 'begin') {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    before = processorTime();
    process.send('begun');
    return;
  }
  const { all, main } = processorTime();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  process.send({ cpuMs: all - before.all, mainCpuMs: main - before.main, profile });
});
// Messages keep no service alive that wants to end.
process.channel?.unref();
