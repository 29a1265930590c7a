import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { watchForDraining, type Draining } from '../../../src/http/draining.js';

/** Longer than any test lasts. */
const LONG_MS = 1_000_000;

/** More than a connection takes in while nobody reads. */
const LARGE = 64_000_000;

let server: FastifyInstance;
let draining: Draining;
let port: number;
let agent: Agent;
/** Answers the requests to /held that have come and will come. */
let release: () => void;
/** Resolves when as many requests to /held are waiting. */
let waiting: (count: number) => Promise<void>;

async function start(graceMs: number): Promise<void> {
  server = fastify({ return503OnClosing: false });
  draining = watchForDraining(server, { graceMs });
  const released = new Promise<void>((resolve) => (release = resolve));
  let held = 0;
  let look = () => {};
  waiting = (count) =>
    new Promise((resolve) => {
      look = () => void (held >= count && resolve());
      look();
    });
  server.get('/', async () => 'quick');
  server.get('/large', async () => 'x'.repeat(LARGE));
  server.get('/held', async () => {
    held += 1;
    look();
    await released;
    return 'held';
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  port = (server.server.address() as AddressInfo).port;
}

beforeEach(() => {
  agent = new Agent({ keepAlive: true });
});
afterEach(async () => {
  release();
  agent.destroy();
  draining.cutOff();
  await server.close();
});

/** `200 text connection`, or the code of the error. */
const ask = (path: string) =>
  new Promise<string>((resolve) => {
    get({ host: '127.0.0.1', port, path, agent }, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve(`${response.statusCode} ${text} ${response.headers.connection ?? ''}`),
      );
    }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'an error'));
  });

/** A connection, and the server's end of it. */
async function open() {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  const [[accepted]] = (await Promise.all([once(server.server, 'connection'), once(socket, 'connect')])) as [
    [Socket],
    unknown,
  ];
  let heard = '';
  socket.on('data', (text: string) => (heard += text));
  return { socket, accepted, heard: () => heard };
}

describe('before draining', () => {
  it('connections stay', async () => {
    await start(LONG_MS);
    expect(await ask('/')).toBe('200 quick keep-alive');
    expect(draining.isUnderWay()).toBe(false);
  });
});

describe('while callers may leave', () => {
  beforeEach(() => start(LONG_MS));

  it('everything is answered, on connections that are there and new ones, and each closes', async () => {
    expect(await ask('/')).toBe('200 quick keep-alive');
    const held = ask('/held');
    await waiting(1);
    void draining.begin();
    expect(draining.isUnderWay()).toBe(true);
    expect(await Promise.all([ask('/'), ask('/'), ask('/')])).toEqual(Array(3).fill('200 quick close'));
    release();
    expect(await held).toBe('200 held close');
  });

  it('draining ends as soon as the last has left', async () => {
    const answers = Promise.all([ask('/held'), ask('/held')]);
    await waiting(2);
    const drained = draining.begin();
    release();
    expect(await answers).toEqual(Array(2).fill('200 held close'));
    await drained;
    expect(await ask('/')).toBe('ECONNREFUSED');
  });

  it('nothing is waited for where nobody is', async () => {
    await Promise.all([draining.begin(), draining.begin()]);
    expect(await ask('/')).toBe('ECONNREFUSED');
  });

  it('callers in step, who all leave and come back together, are answered', async () => {
    /** Asks on a connection of its own, and resolves when that is closed. */
    const askAnew = async () => {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8');
      let heard = '';
      socket.on('data', (text: string) => (heard += text));
      socket.on('error', (error) => (heard += error.message));
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await new Promise((resolve) => socket.once('close', resolve));
      return heard.split('\r\n')[0];
    };
    const askTogether = () => Promise.all(Array.from({ length: 20 }, askAnew));
    const held = ask('/held');
    await waiting(1);
    const drained = draining.begin();
    release();
    expect(await held).toBe('200 held close');
    for (let round = 0; round < 5; round += 1) {
      expect(await askTogether()).toEqual(Array(20).fill('HTTP/1.1 200 OK'));
    }
    await drained;
    expect(await ask('/')).toBe('ECONNREFUSED');
  });

  it('of requests that were sent together, none is lost', async () => {
    const { socket, heard } = await open();
    socket.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
    await waiting(3);
    const drained = draining.begin();
    release();
    await once(socket, 'close');
    expect(heard().match(/HTTP\/1.1 200|^connection: \S+/gim)).toEqual([
      ...['HTTP/1.1 200', 'Connection: keep-alive'],
      ...['HTTP/1.1 200', 'Connection: keep-alive'],
      ...['HTTP/1.1 200', 'connection: close'],
    ]);
    await drained;
  });
});

describe('when the grace is over', () => {
  it('no more are taken, and what was asked is answered', async () => {
    await start(0);
    let isOver = false;
    const held = ask('/held');
    await waiting(1);
    const closed = new Promise((resolve) => server.server.once('close', resolve));
    const drained = draining.begin().then(() => (isOver = true));
    await expect.poll(() => ask('/'), { timeout: 20_000 }).toBe('ECONNREFUSED');
    expect(isOver).toBe(false);
    release();
    expect(await held).toBe('200 held close');
    await drained;
    await closed;
  });

  it('who keeps a connection for later is disconnected, and who never said a word', async () => {
    await start(0);
    expect(await ask('/')).toBe('200 quick keep-alive');
    const { socket: silent } = await open();
    const closed = once(silent, 'close');
    await draining.begin();
    await closed;
    await server.close();
  });

  it('who is in the middle of a request may end it', async () => {
    await start(0);
    const { socket, accepted, heard } = await open();
    socket.write('GET / HTTP/1.1\r\nHos');
    await expect.poll(() => accepted.bytesRead).toBeGreaterThan(0);
    await draining.begin();
    const closed = Promise.all([once(socket, 'close'), server.close()]);
    socket.write('t: x\r\n\r\n');
    await closed;
    expect(heard()).toMatch(/^HTTP\/1.1 200 OK[^]*connection: close[^]*quick$/i);
  });

  it('nobody is lost who connects while the server lets go of its port', async () => {
    await start(0);
    const sockets = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'));
    const answers = sockets.map(async (socket) => {
      let heard = '';
      socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
      socket.on('error', (error) => (heard += error.message));
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await new Promise((resolve) => socket.once('close', resolve));
      return heard.split('\r\n')[0];
    });
    await draining.begin();
    expect(await Promise.all(answers)).toEqual(Array(50).fill('HTTP/1.1 200 OK'));
  });

  it('who reads slowly is given the whole answer', async () => {
    await start(0);
    const { socket, accepted } = await open();
    socket.removeAllListeners('data').pause();
    socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => accepted.bytesWritten).toBeGreaterThan(LARGE);
    const drained = draining.begin();
    await expect.poll(() => ask('/'), { timeout: 20_000 }).toBe('ECONNREFUSED');
    let read = 0;
    socket.on('data', (text: string) => (read += text.length)).resume();
    const closed = once(socket, 'close');
    await drained;
    await Promise.all([closed, server.close()]);
    expect(read).toBeGreaterThan(LARGE);
  });

  it('who leaves with several questions open is not waited for', async () => {
    await start(0);
    const { socket, accepted } = await open();
    socket.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
    await waiting(3);
    const gone = once(accepted, 'close');
    socket.destroy();
    await gone;
    await draining.begin();
  });

  it('who never ends is cut off', async () => {
    await start(0);
    const held = ask('/held');
    await waiting(1);
    const drained = draining.begin();
    draining.cutOff();
    expect(await held).toBe('ECONNRESET');
    await drained;
  });
});
