// Loaded into the service before it starts: profiles it from one message to the next.
import { Session } from 'node:inspector/promises';

const session = new Session();
let before;

process.on('message', async (message) => {
  if (message === 'begin') {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    before = process.cpuUsage();
    process.send('begun');
    return;
  }
  const { user, system } = process.cpuUsage(before);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  process.send({ cpuMs: (user + system) / 1000, profile });
});
// Messages keep no service alive that wants to end.
process.channel?.unref();
